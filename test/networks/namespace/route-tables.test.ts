import { expect, test } from 'vitest';
import { forgetRouting, routingCommands } from '../../../src/networks/namespace/route-tables.ts';
import { endpoint, plan } from '../../support/vpc-plans.ts';

const router = endpoint(2, { sourceDestCheck: false });
const behind = (networkInterfaceId: string) => [{ cidr: '10.8.0.0/16', networkInterfaceId }];

test('guests of the same routes share a table, which lies behind what is in the VPC', () => {
  const routes = behind(router.networkInterfaceId);
  expect(routingCommands(plan(endpoint(1, { routes }), router, endpoint(3, { routes })))).toEqual([
    'rule add pref 1000 lookup main suppress_prefixlength 0',
    'route replace blackhole 172.31.0.0/16 table 1000',
    'route replace 10.8.0.0/16 via 172.31.20.2 dev vm456789abcde02 onlink table 1000',
    'rule add pref 1001 iif vm456789abcde01 lookup 1000',
    'rule add pref 1001 iif vm456789abcde03 lookup 1000',
  ]);
});

test('the way to everywhere is through a router too, but for the VPC', () => {
  const routes = [{ cidr: '0.0.0.0/0', networkInterfaceId: router.networkInterfaceId }];
  expect(routingCommands(plan(endpoint(1, { routes, hasInternet: false }), router))).toEqual([
    'rule add pref 1000 lookup main suppress_prefixlength 0',
    'route replace blackhole 172.31.0.0/16 table 1000',
    'route replace 0.0.0.0/0 via 172.31.20.2 dev vm456789abcde02 onlink table 1000',
    'rule add pref 1001 iif vm456789abcde01 lookup 1000',
  ]);
});

test('without routes nothing is asked for', () => {
  expect(routingCommands(plan(endpoint(1, { routes: [] }), router))).toEqual([]);
});

test.each([
  ['is not there', endpoint(9)],
  ['checks what it is sent', endpoint(3)],
])('a router that %s is a black hole', (_, target) => {
  const routes = behind(target.networkInterfaceId);
  const commands = routingCommands(plan(endpoint(1, { routes }), endpoint(3)));
  expect(commands).toContain('route replace blackhole 10.8.0.0/16 table 1000');
});

test('what was made is undone, and nothing else', () => {
  const rules = [
    { priority: 0, table: 'local' },
    { priority: 1000, table: 'main' },
    { priority: 1001, table: '1000' },
    { priority: 1001, table: '1000' },
    { priority: 32766, table: 'main' },
  ];
  expect(forgetRouting(rules)).toEqual([
    'rule del pref 1000',
    'rule del pref 1001',
    'rule del pref 1001',
    'route flush table 1000',
  ]);
});
