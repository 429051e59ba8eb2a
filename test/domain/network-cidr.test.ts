import { expect, test } from 'vitest';
import { freeSubnetCidr, settleSubnetCidr, settleVpcCidr } from '../../src/domain/network-cidr.ts';

const vpc = { vpcId: 'vpc-1', ownerId: '1', cidrBlock: '10.0.0.0/16', isDefault: false };
const subnet = (cidrBlock: string) => ({
  subnetId: 'subnet-1',
  vpcId: 'vpc-1',
  ownerId: '1',
  cidrBlock,
  availabilityZone: 'us-east-1a',
  defaultForAz: false,
});

test.each([
  ['10.0.0.0/16', '10.0.0.0/16'],
  ['192.168.1.9/28', '192.168.1.0/28'],
  ['198.51.100.0/24', '198.51.100.0/24'],
])('a VPC may have %s', (text, settled) => {
  expect(settleVpcCidr(text)).toBe(settled);
});

test.each(['10.0.0.0/15', '10.0.0.0/29', '127.0.0.0/16', '0.0.0.0/16', '224.0.0.0/24', '255.0.0.0/16'])(
  'a VPC may not have %s',
  text => {
    expect(() => settleVpcCidr(text)).toThrow(`The CIDR '${text}' is invalid.`);
  },
);

test.each(['10.0.0.0', '10.0.0.0/33', '300.0.0.0/16', '010.0.0.0/16', '::/16'])('%s is no block', text => {
  expect(() => settleVpcCidr(text)).toThrow('This is not a valid CIDR block.');
});

test('a subnet may fill its VPC, and none beside it', () => {
  expect(settleSubnetCidr('10.0.0.0/16', vpc, [])).toBe('10.0.0.0/16');
  expect(() => settleSubnetCidr('10.0.7.0/24', vpc, [subnet('10.0.0.0/16')])).toThrow('conflicts');
  expect(settleSubnetCidr('10.0.1.0/24', vpc, [subnet('10.0.0.0/24'), subnet('10.0.2.0/24')])).toBe(
    '10.0.1.0/24',
  );
});

test('the next free block overlaps no subnet, of whatever size', () => {
  expect(freeSubnetCidr(vpc, [], 20)).toBe('10.0.0.0/20');
  expect(freeSubnetCidr(vpc, [subnet('10.0.15.240/28')], 20)).toBe('10.0.16.0/20');
  expect(freeSubnetCidr(vpc, [subnet('10.0.0.0/17')], 20)).toBe('10.0.128.0/20');
  expect(freeSubnetCidr(vpc, [subnet('10.0.0.0/16')], 20)).toBeUndefined();
});
