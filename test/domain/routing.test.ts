import { expect, test } from 'vitest';
import { interfaceRoutes, isLocal, leadsOut } from '../../src/domain/routing.ts';

const ownerId = '111122223333';
const gateways = [{ internetGatewayId: 'igw-1', ownerId, vpcId: 'vpc-1' }];
const table = (routeTableId: string, subnetId: string | undefined, ...gatewayIds: string[]) => ({
  routeTableId,
  ownerId,
  vpcId: 'vpc-1',
  associations: [{ associationId: `assoc-${routeTableId}`, subnetId }],
  routes: gatewayIds.map(gatewayId => ({ destinationCidrBlock: '0.0.0.0/0', gatewayId })),
});

test.each([
  ['the main table has a route', true, [table('main', undefined, 'igw-1')]],
  ['its own table has one', true, [table('main', undefined), table('own', 'subnet-1', 'igw-1')]],
  ['only its own table has none', false, [table('main', undefined, 'igw-1'), table('own', 'subnet-1')]],
  ['only the table of another has one', false, [table('main', undefined), table('b', 'subnet-2', 'igw-1')]],
  ['the route leads to a gateway that is gone', false, [table('main', undefined, 'igw-2')]],
  ['the VPC is from before there were route tables', true, []],
])('where %s, a subnet leads out: %s', (_case, expected, tables) => {
  expect(leadsOut('subnet-1', tables, gateways)).toBe(expected);
});

test('a gateway that is attached to another VPC leads nowhere', () => {
  const elsewhere = [{ ...gateways[0]!, vpcId: 'vpc-2' }];
  expect(leadsOut('subnet-1', [table('main', undefined, 'igw-1')], elsewhere)).toBe(false);
});

test('a route to a guest is no way out of its own', () => {
  const toRouter = { destinationCidrBlock: '0.0.0.0/0', networkInterfaceId: 'eni-1' };
  const tables = [{ ...table('main', undefined), routes: [toRouter] }, table('own', 'subnet-2', 'igw-1')];
  expect(leadsOut('subnet-1', tables, gateways)).toBe(false);
  expect(interfaceRoutes('subnet-1', tables)).toEqual([toRouter]);
  expect(interfaceRoutes('subnet-2', tables)).toEqual([]);
  expect(interfaceRoutes('subnet-1', [])).toEqual([]);
});

test('what lies within the VPC is local', () => {
  const vpc = { vpcId: 'vpc-1', ownerId, cidrBlock: '10.0.0.0/16', isDefault: false };
  expect(['10.0.0.0/16', '10.0.3.0/24'].every(one => isLocal(vpc, one))).toBe(true);
  expect(['10.0.0.0/8', '0.0.0.0/0', '10.1.0.0/16'].some(one => isLocal(vpc, one))).toBe(false);
});
