import { describe, expect, test } from 'vitest';
import { parseVpcState } from '../../../src/networks/namespace/vpc-state.ts';
import { endpoint, plan, rule } from '../../support/vpc-plans.ts';

const state = (...endpoints: unknown[]) => ({
  plan: { ...plan(), endpoints },
  hostAddresses: ['192.0.2.2'],
  allowedRanges: [],
});

describe('a state', () => {
  test('that is right comes back as it was', () => {
    const right = state(
      endpoint(1, { publicIpAddress: '127.77.0.5', ingress: [rule('tcp', 22)] }),
      endpoint(2, {
        deviceIndex: 1,
        secondaryAddresses: [
          { privateIpAddress: '172.31.20.8', publicIpAddress: '127.77.0.8' },
          { privateIpAddress: '172.31.20.9' },
        ],
        sourceDestCheck: false,
        hasInternet: false,
        routes: [{ cidr: '10.8.0.0/16', networkInterfaceId: 'eni-0123456789abcde01' }],
      }),
    );
    expect(parseVpcState(JSON.parse(JSON.stringify(right)))).toEqual(right);
  });

  test('says of a VPC what it has not of DNS', () => {
    const right = { ...state(), plan: { ...plan(), enableDnsSupport: false, enableDnsHostnames: false } };
    expect(parseVpcState(JSON.parse(JSON.stringify(right)))).toEqual(right);
  });

  test('has its CIDR blocks written without bits beyond the prefix', () => {
    const [parsed] = parseVpcState(state(endpoint(1, { ingress: [rule('tcp', 22, '10.1.2.3/8')] }))).plan
      .endpoints;
    expect(parsed!.ingress[0]!.cidr).toBe('10.0.0.0/8');
  });

  test.each([
    ['instanceId', { instanceId: 'i-0123456"; drop' }],
    ['macAddress', { macAddress: '02:00:00:00:00:01,evil' }],
    ['privateIpAddress', { privateIpAddress: '172.31.20.1 }' }],
    ['outside', { privateIpAddress: '10.0.0.1' }],
    ['subnetCidrBlock', { subnetCidrBlock: '172.31.16.0/33' }],
    ['deviceIndex', { deviceIndex: '0' }],
    ['networkInterfaceId', { networkInterfaceId: 'eni-1' }],
    ['secondaryAddresses', { secondaryAddresses: ['172.31.20.9'] }],
    ['secondaryAddresses', { secondaryAddresses: [{ privateIpAddress: '172.31.20.9 . x' }] }],
    ['publicIpAddress', { secondaryAddresses: [{ privateIpAddress: '172.31.20.9', publicIpAddress: 1 }] }],
    ['outside', { secondaryAddresses: [{ privateIpAddress: '10.0.0.1' }] }],
    ['sourceDestCheck', { sourceDestCheck: 'false' }],
    ['hasInternet', { hasInternet: 0 }],
    ['routes', { routes: [{ cidr: '10.8.0.0', networkInterfaceId: 'eni-0123456789abcde01' }] }],
    ['networkInterfaceId', { routes: [{ cidr: '10.8.0.0/16', networkInterfaceId: 'vm0 table 1' }] }],
    ['publicIpAddress', { publicIpAddress: 'localhost' }],
    ['protocol', { ingress: [{ ...rule('tcp', 22), protocol: 'tcp dport 1' }] }],
    ['toPort', { egress: [{ ...rule('tcp', 22), toPort: 65_536 }] }],
    ['fromPort', { egress: [{ ...rule('tcp', 22), fromPort: '22' }] }],
    ['cidr', { egress: [rule('tcp', 22, '::/0')] }],
  ])('with a wrong %s is refused by name', (name, changes) => {
    expect(() => parseVpcState(state({ ...endpoint(1), ...changes }))).toThrow(name);
  });

  test('with two guests at one address is refused', () => {
    expect(() =>
      parseVpcState(state(endpoint(1), { ...endpoint(2), privateIpAddress: '172.31.20.1' })),
    ).toThrow('share an address');
    const secondaryAddresses = [{ privateIpAddress: '172.31.20.1' }];
    expect(() => parseVpcState(state(endpoint(1), endpoint(2, { secondaryAddresses })))).toThrow(
      'share an address',
    );
    expect(() => parseVpcState(state(endpoint(1), endpoint(1)))).toThrow('share a tap');
  });

  test.each([undefined, null, [], 'x', { plan: null }, { plan: { ...plan(), vpcId: '../x' } }])(
    '%j is none',
    value => {
      expect(() => parseVpcState(value)).toThrow('malformed');
    },
  );
});
