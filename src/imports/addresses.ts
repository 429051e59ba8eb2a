import { BlockList, isIP } from 'node:net';

/**
 * Networks an import must not reach, since what is there may trust this machine or be its own: private, loopback,
 * link-local (also a cloud's metadata service), shared, multicast and reserved ones.
 * https://www.iana.org/assignments/iana-ipv4-special-registry; https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const forbidden = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/** Of IPv6 the global unicast range alone, without tunnels in which any IPv4 address may hide. */
const globalIpv6 = ['2000::/3'];
const forbiddenIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Decides which addresses imports may connect to; `allowed` are CIDR blocks that may be reached besides. */
export function importAddresses(allowed: readonly string[]): (address: string) => boolean {
  const mayAnyway = blockList(allowed);
  const mustNot = blockList([...forbidden, ...forbiddenIpv6]);
  const global = blockList(globalIpv6);
  return address => {
    const plain = unmapped(address);
    const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
    if (isIP(plain) === 0) return false;
    if (mayAnyway.check(plain, family)) return true;
    return !mustNot.check(plain, family) && (family === 'ipv4' || global.check(plain, family));
  };
}

/** `::ffff:127.0.0.1`, in any spelling, is 127.0.0.1. */
function unmapped(address: string): string {
  if (isIP(address) !== 6 || address.includes('%')) return address;
  const { hostname } = new URL(`http://[${address}]`);
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const bits = address.includes(':') ? 128 : 32;
    list.addSubnet(address, prefix === undefined ? bits : Number(prefix), bits === 128 ? 'ipv6' : 'ipv4');
  }
  return list;
}
