/** dnsmasq gives guests their addresses and names, and asks the host's resolver for all others. See dnsmasq(8). */
import { join } from 'node:path';
import { cidrBlock, formatAddress } from '../../domain/addresses.ts';
import type { Endpoint, VpcPlan } from '../../domain/vpc-plan-types.ts';
import { gatewayAddress, outside, privateAddresses, resolverAddress } from './addresses.ts';

/**
 * Its arguments: what can only change with a restart.
 * @param account whom it becomes; undefined in a user namespace, where there is nobody else to become (setgroups(2) is
 *   denied there, and without --no-daemon dnsmasq insists on it)
 */
export function dnsmasqArguments(plan: VpcPlan, folder: string, account: string | undefined): string[] {
  const subnets = [...new Set(plan.endpoints.map(one => one.subnetCidrBlock))].sort();
  const domain = plan.endpoints
    .map(hostName)
    .find(Boolean)
    ?.replace(/^[^.]+\.?/, '');
  return [
    ...(account ? ['--keep-in-foreground', `--user=${account}`, '--group=nogroup'] : ['--no-daemon']),
    '--conf-file=/dev/null',
    // Guests ask for their addresses all the same.
    ...(plan.enableDnsSupport === false ? ['--port=0'] : []),
    // What a guest calls itself when it asks is no name either. The restart this makes forgets the names there were.
    ...(plan.enableDnsHostnames === false ? ['--dhcp-ignore-names'] : []),
    '--pid-file=',
    '--log-facility=-',
    '--quiet-dhcp',
    '--bind-dynamic',
    // Taps come and go after it has started; loopback, with the resolver's addresses, is always included.
    '--interface=vm*',
    '--no-hosts',
    '--no-resolv',
    '--no-ping',
    '--leasefile-ro',
    '--dhcp-authoritative',
    '--dhcp-ignore=tag:!known',
    `--server=${outside.resolver}`,
    '--local=/ec2.internal/compute.internal/amity.internal/',
    '--domain-needed',
    '--bogus-priv',
    '--dns-forward-max=1000',
    ...(domain ? [`--domain=${domain}`] : []),
    `--dhcp-hostsfile=${join(folder, 'guests')}`,
    `--addn-hosts=${join(folder, 'hosts')}`,
    `--dhcp-option=option:dns-server,${resolverAddress(plan.cidrBlock)}`,
    ...subnets.flatMap((subnet, i) => [
      `--dhcp-range=set:subnet${i},${networkAddress(subnet)},static,${netmask(subnet)},1h`,
      `--dhcp-option=tag:subnet${i},option:router,${gatewayAddress(subnet)}`,
    ]),
  ];
}

/** The file of guests, `--dhcp-hostsfile`: read again at SIGHUP. */
export function dhcpGuests(plan: VpcPlan): string {
  return lines(
    plan.endpoints.map(one => {
      const [, label] = names(plan, one, one.privateIpAddress);
      return [one.macAddress, one.privateIpAddress, ...(label ? [label] : [])].join(',');
    }),
  );
}

/** The file of names, `--addn-hosts`: read again at SIGHUP. */
export function hostNames(plan: VpcPlan): string {
  return lines(
    plan.endpoints.flatMap(one =>
      privateAddresses(one).map(address => [address, ...names(plan, one, address)].join(' ')),
    ),
  );
}

/**
 * `ip-172-31-16-5.ec2.internal`, then `ip-172-31-16-5`. The guest's own name is that of its first address; the others,
 * those of its other interfaces too, are named after themselves. In a VPC without DNS hostnames there are none at all:
 * dnsmasq would answer for those it gives out with addresses too.
 */
function names(plan: VpcPlan, endpoint: Endpoint, address: string): string[] {
  const own = hostName(endpoint);
  if (!own || plan.enableDnsHostnames === false) return [];
  const ownLabel = own.split('.')[0]!;
  const byAddress = `ip-${address.replaceAll('.', '-')}`;
  const isFirst = endpoint.deviceIndex === 0 && address === endpoint.privateIpAddress;
  const labels = isFirst ? new Set([ownLabel, byAddress]) : [byAddress];
  return [...labels].flatMap(label => [`${label}${own.slice(ownLabel.length)}`, label]);
}

/** The guest's private DNS name, which its metadata says; undefined when that is no host name. */
function hostName({ metadata: { tree } }: Endpoint): string | undefined {
  const name = tree['local-hostname'];
  return typeof name === 'string' && /^[a-z0-9][a-z0-9-]{0,62}(\.[a-z0-9-]{1,63}){0,6}$/.test(name)
    ? name
    : undefined;
}

const networkAddress = (cidr: string) => formatAddress(cidrBlock(cidr).first);
const netmask = (cidr: string) => formatAddress(2 ** 32 - cidrBlock(cidr).size);
const lines = (texts: string[]) => texts.map(text => `${text}\n`).join('');
