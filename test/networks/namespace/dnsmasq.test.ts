import { expect, test } from 'vitest';
import { dhcpGuests, dnsmasqArguments, hostNames } from '../../../src/networks/namespace/dnsmasq.ts';
import { endpoint, plan } from '../../support/vpc-plans.ts';

const other = endpoint(3, { privateIpAddress: '172.31.40.3', subnetCidrBlock: '172.31.32.0/20' });
const two = plan(endpoint(1), other);

test('each subnet has its range and its router', () => {
  const args = dnsmasqArguments(two, '/folder', 'nobody');
  expect(args.filter(arg => /range|router/.test(arg))).toEqual([
    '--dhcp-range=set:subnet0,172.31.16.0,static,255.255.240.0,1h',
    '--dhcp-option=tag:subnet0,option:router,172.31.16.1',
    '--dhcp-range=set:subnet1,172.31.32.0,static,255.255.240.0,1h',
    '--dhcp-option=tag:subnet1,option:router,172.31.32.1',
  ]);
  expect(args).toContain('--dhcp-option=option:dns-server,172.31.0.2');
  expect(args).toContain('--domain=ec2.internal');
  expect(args).toContain('--user=nobody');
});

test('in a user namespace dnsmasq keeps its only account', () => {
  const args = dnsmasqArguments(two, '/folder', undefined);
  expect(args).toContain('--no-daemon');
  expect(args.some(arg => arg.startsWith('--user'))).toBe(false);
});

test('the files hold a line for each guest', () => {
  const first = plan(endpoint(1));
  expect(dhcpGuests(first)).toBe('02:00:00:00:00:01,172.31.20.1,ip-172-31-20-1\n');
  expect(hostNames(first)).toBe('172.31.20.1 ip-172-31-20-1.ec2.internal ip-172-31-20-1\n');
  expect(hostNames(plan())).toBe('');
});

test('the addresses of other interfaces are named after themselves, whatever the guest is called', () => {
  const local = { 'local-hostname': 'i-0123456789abcdef0.ec2.internal' };
  const secondaryAddresses = [{ privateIpAddress: '172.31.20.7' }];
  const first = endpoint(1, { secondaryAddresses });
  const second = endpoint(3, { instanceId: first.instanceId, deviceIndex: 1 });
  for (const one of [first, second]) one.metadata.tree = local;
  expect(hostNames(plan(first, second)).split('\n')).toEqual([
    '172.31.20.1 i-0123456789abcdef0.ec2.internal i-0123456789abcdef0 ip-172-31-20-1.ec2.internal ip-172-31-20-1',
    '172.31.20.7 ip-172-31-20-7.ec2.internal ip-172-31-20-7',
    '172.31.20.3 ip-172-31-20-3.ec2.internal ip-172-31-20-3',
    '',
  ]);
  expect(dhcpGuests(plan(first, second))).toBe(
    '02:00:00:00:00:01,172.31.20.1,i-0123456789abcdef0\n02:00:00:00:00:03,172.31.20.3,ip-172-31-20-3\n',
  );
});

test('what is no host name gets into no file', () => {
  const odd = endpoint(1);
  odd.metadata.tree['local-hostname'] = 'a\n10.0.0.1 evil';
  expect(dhcpGuests(plan(odd))).toBe('02:00:00:00:00:01,172.31.20.1\n');
  expect(hostNames(plan(odd))).toBe('172.31.20.1\n');
});

test('in a VPC without DNS hostnames no guest has a name, whatever it calls itself', () => {
  const nameless = { ...two, enableDnsHostnames: false };
  expect(dnsmasqArguments(nameless, '/folder', 'nobody')).toContain('--dhcp-ignore-names');
  expect(dhcpGuests(nameless)).toBe('02:00:00:00:00:01,172.31.20.1\n02:00:00:00:00:03,172.31.40.3\n');
  expect(hostNames(nameless)).toBe('172.31.20.1\n172.31.40.3\n');
  expect(dnsmasqArguments(two, '/folder', 'nobody')).not.toContain('--dhcp-ignore-names');
});

test('in a VPC without DNS support nothing is resolved, and addresses are given out', () => {
  const args = dnsmasqArguments({ ...two, enableDnsSupport: false }, '/folder', 'nobody');
  expect(args).toContain('--port=0');
  expect(args.filter(arg => arg.startsWith('--dhcp-range'))).toHaveLength(2);
});
