import { describe, expect, test } from 'vitest';
import type { TrafficRule } from '../../../src/domain/vpc-plan-types.ts';
import { publicForwards } from '../../../src/networks/namespace/public-forwards.ts';
import { allTraffic, endpoint, plan, rule } from '../../support/vpc-plans.ts';

const usual = [22, 80, 443];

function ports(ingress: TrafficRule[], publicIpAddress: string | undefined = '127.77.0.5') {
  return publicForwards(
    plan(endpoint(1, { publicIpAddress, ingress })),
    port => (port < 1024 ? port + 10_000 : port),
    usual,
  ).map(one => `${one.protocol} ${one.hostAddress}:${one.hostPort} > ${one.guestAddress}:${one.guestPort}`);
}

describe('public forwards', () => {
  test('are the ports of narrow rules, each at its public port', () => {
    expect(
      ports([rule('tcp', 8080), rule('tcp', 22), rule('udp', 53), rule('tcp', 22, '127.0.0.0/8')]),
    ).toEqual([
      'tcp 127.77.0.5:10022 > 172.31.20.1:22',
      'udp 127.77.0.5:10053 > 172.31.20.1:53',
      'tcp 127.77.0.5:8080 > 172.31.20.1:8080',
    ]);
  });

  test('of a wide rule are the usual ports within it', () => {
    expect(ports([{ protocol: 'tcp', fromPort: 50, toPort: 90, cidr: '0.0.0.0/0' }])).toEqual([
      'tcp 127.77.0.5:10080 > 172.31.20.1:80',
    ]);
    expect(ports([allTraffic])).toHaveLength(3);
    expect(ports([{ protocol: 'udp', fromPort: 0, toPort: 65535, cidr: '0.0.0.0/0' }])).toEqual([]);
  });

  test('are none for rules that do not admit the host, nor for ICMP', () => {
    expect(ports([rule('tcp', 22, '172.31.0.0/16'), rule('icmp', -1)])).toEqual([]);
  });

  test('are only made on loopback addresses', () => {
    expect(ports([rule('tcp', 22)], '192.0.2.2')).toEqual([]);
    expect(ports([rule('tcp', 22)], '0.0.0.0')).toEqual([]);
    expect(publicForwards(plan(endpoint(1, { ingress: [rule('tcp', 22)] })), port => port)).toEqual([]);
  });

  test('lead to second addresses too, each from its own public one', () => {
    const secondaryAddresses = [
      { privateIpAddress: '172.31.20.7', publicIpAddress: '127.77.0.7' },
      { privateIpAddress: '172.31.20.8' },
    ];
    const changes = { publicIpAddress: '127.77.0.5', secondaryAddresses, ingress: [rule('tcp', 22)] };
    const forwards = publicForwards(plan(endpoint(1, changes)), port => port);
    expect(forwards.map(one => `${one.hostAddress} > ${one.guestAddress}`)).toEqual([
      '127.77.0.5 > 172.31.20.1',
      '127.77.0.7 > 172.31.20.7',
    ]);
    expect(publicForwards(plan(endpoint(1, { ...changes, hasInternet: false })), port => port)).toEqual([]);
  });

  test('never collide: a public address that two interfaces claim leads to the first', () => {
    const changes = { publicIpAddress: '127.77.0.5', ingress: [rule('tcp', 22)] };
    const forwards = publicForwards(plan(endpoint(1, changes), endpoint(2, changes)), port => port);
    expect(forwards.map(one => one.guestAddress)).toEqual(['172.31.20.1']);
  });

  test('give a host port once', () => {
    expect(ports([rule('tcp', 10022), rule('tcp', 22)])).toEqual(['tcp 127.77.0.5:10022 > 172.31.20.1:22']);
  });
});
