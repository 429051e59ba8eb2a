import { expect, test } from 'vitest';
import { importAddresses } from '../../src/imports/addresses.ts';

test.each([...['93.184.216.34', '8.8.8.8', '172.32.0.1', '2606:2800:220:1::1', '::ffff:8.8.8.8']])(
  '%s may be reached',
  address => {
    expect(importAddresses([])(address)).toBe(true);
  },
);

test.each([
  ...['127.0.0.1', '127.255.255.255', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...[
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
  ],
  ...[
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:7f00:1',
    '::127.0.0.1',
  ],
  ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', 'localhost', ''],
])('%s may not', address => {
  expect(importAddresses([])(address)).toBe(false);
});

test('what is allowed may be reached besides, and nothing next to it', () => {
  const mayReach = importAddresses(['127.0.0.1', '10.1.0.0/16', 'fd00::/8']);
  expect(['127.0.0.1', '::ffff:127.0.0.1', '10.1.255.255', 'fd12::1', '8.8.8.8'].map(mayReach)).toEqual(
    Array(5).fill(true),
  );
  expect(['127.0.0.2', '10.2.0.0', 'fe80::1'].map(mayReach)).toEqual(Array(3).fill(false));
});
