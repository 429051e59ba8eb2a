import { describe, expect, test } from 'vitest';
import {
  cidrBlock,
  formatAddress,
  formatCidr,
  macAddress,
  nextPrivateAddress,
  nextPublicAddress,
  parseAddress,
  parseCidr,
  privateDnsName,
  usableAddresses,
} from '../../src/domain/addresses.ts';
import { zoneId } from '../../src/domain/network-zones.ts';

describe('CIDR blocks', () => {
  test.each([
    ['172.31.16.0/20', 4096],
    ['0.0.0.0/0', 2 ** 32],
    ['10.0.0.1/32', 1],
  ])('%s is read and written', (text, size) => {
    const block = parseCidr(text)!;
    expect(block.size).toBe(size);
    expect(formatCidr(block)).toBe(text);
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0/8',
    '256.0.0.0/8',
    '010.0.0.0/8',
    '10.0.0.0/8 ',
    '1e1.0.0.0/8',
  ])('%j is none', text => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test('bits beyond the prefix are cleared', () => {
    expect(formatCidr(parseCidr('100.68.0.18/18')!)).toBe('100.68.0.0/18');
  });

  test('the highest address survives the round trip', () => {
    expect(formatAddress(parseAddress('255.255.255.255')!)).toBe('255.255.255.255');
  });
});

describe('private addresses', () => {
  test('begin after the four AWS keeps', () => {
    expect(nextPrivateAddress('172.31.16.0/20', new Set())).toBe('172.31.16.4');
    expect(nextPrivateAddress('172.31.16.0/20', new Set(['172.31.16.4', '172.31.16.5']))).toBe('172.31.16.6');
  });

  test('end before the last, which AWS keeps too', () => {
    const inUse = new Set<string>();
    for (
      let next = nextPrivateAddress('10.0.0.0/28', inUse);
      next;
      next = nextPrivateAddress('10.0.0.0/28', inUse)
    )
      inUse.add(next);
    expect(inUse.size).toBe(usableAddresses(cidrBlock('10.0.0.0/28')));
    expect(inUse.size).toBe(11);
    expect(inUse.has('10.0.0.14')).toBe(true);
    expect(inUse.has('10.0.0.15')).toBe(false);
  });
});

describe('public addresses', () => {
  const cidr = '127.77.0.0/28';
  test('differ by seed and never clash', () => {
    const inUse = new Set<string>();
    for (let i = 0; i < 11; i++) inUse.add(nextPublicAddress(cidr, inUse, `i-${i}`)!);
    expect(inUse.size).toBe(11);
    expect(nextPublicAddress(cidr, inUse, 'i-12')).toBeUndefined();
    const some = Array.from({ length: 20 }, (_, i) =>
      nextPublicAddress('127.77.0.0/18', new Set(), `i-${i}`),
    );
    expect(new Set(some).size).toBeGreaterThan(15);
  });
});

test('a MAC address is locally administered and follows from the interface', () => {
  expect(macAddress('eni-0123456789abcdef0')).toBe('02:78:9a:bc:de:f0');
  expect(macAddress('eni-0123abcd')).toBe('02:00:01:23:ab:cd');
});

test('private DNS names are as AWS makes them', () => {
  expect(privateDnsName('us-east-1', '172.31.16.5')).toBe('ip-172-31-16-5.ec2.internal');
  expect(privateDnsName('eu-west-1', '172.31.16.5')).toBe('ip-172-31-16-5.eu-west-1.compute.internal');
});

test.each([
  ['us-east-1a', 'use1-az1'],
  ['eu-west-1c', 'euw1-az3'],
  ['ap-southeast-2b', 'apse2-az2'],
])('the id of zone %s is %s', (name, id) => {
  expect(zoneId(name)).toBe(id);
});
