import { describe, expect, test } from 'vitest';
import type { NetworkInterface } from '../../src/domain/network-interface.ts';
import type { VpcFacts } from '../../src/domain/vpc-plan.ts';
import { attachment, group, instance, nic, ownerId, plan, rule, vpc } from '../support/vpc-facts.ts';

describe('endpoints', () => {
  test('say where each guest is, in order of id; those powered off have none', () => {
    const states = ['pending', 'running', 'stopping', 'shutting-down', 'stopped', 'terminated'] as const;
    const instances = states.map((state, i) => instance({ instanceId: `i-${9 - i}`, state }));
    const networkInterfaces = instances.map(({ instanceId }) => nic({ instanceId }));
    const { endpoints, ...rest } = plan({ instances, networkInterfaces });
    expect(rest).toEqual({ vpcId: 'vpc-1', cidrBlock: '172.31.0.0/16' });
    expect(endpoints.map(endpoint => endpoint.instanceId)).toEqual(['i-6', 'i-7', 'i-8', 'i-9']);
    expect(endpoints[0]).toMatchObject({
      macAddress: '02:00:00:00:00:01',
      privateIpAddress: '172.31.16.5',
      subnetCidrBlock: '172.31.16.0/20',
      publicIpAddress: '127.77.0.5',
    });
  });

  test('are one for each interface of a guest, each with its own addresses and rules, and the same metadata', () => {
    const { endpoints } = plan({
      securityGroups: [group('sg-1'), group('sg-2', rule({ cidrIpv4: '0.0.0.0/0' }))],
      networkInterfaces: [
        nic({
          networkInterfaceId: 'eni-2',
          macAddress: '02:00:00:00:00:02',
          addresses: [
            { privateIpAddress: '172.31.16.6' },
            {
              privateIpAddress: '172.31.16.7',
              publicAddress: {
                publicIp: '127.77.0.9',
                elastic: { allocationId: 'eipalloc-1', associationId: 'eipassoc-1' },
              },
            },
            { privateIpAddress: '172.31.16.8' },
          ],
          securityGroupIds: ['sg-2'],
          sourceDestCheck: false,
          attachment: attachment('i-1', 1),
        }),
        nic(),
        nic({ networkInterfaceId: 'eni-3', attachment: undefined }),
      ],
    });
    expect(endpoints.map(one => [one.networkInterfaceId, one.deviceIndex, one.ingress.length])).toEqual([
      ['eni-1', 0, 0],
      ['eni-2', 1, 1],
    ]);
    expect(endpoints[0]).not.toHaveProperty('secondaryAddresses');
    expect(endpoints[0]).not.toHaveProperty('sourceDestCheck');
    expect(endpoints[1]).not.toHaveProperty('publicIpAddress');
    expect(endpoints[1]).toMatchObject({
      privateIpAddress: '172.31.16.6',
      secondaryAddresses: [
        { privateIpAddress: '172.31.16.7', publicIpAddress: '127.77.0.9' },
        { privateIpAddress: '172.31.16.8' },
      ],
      sourceDestCheck: false,
    });
    expect(endpoints[1]!.metadata).toEqual(endpoints[0]!.metadata);
    const { tree } = endpoints[1]!.metadata;
    expect(tree).toMatchObject({ 'public-ipv4': '127.77.0.5', mac: '02:00:00:00:00:01' });
    expect(tree.network).toMatchObject({
      interfaces: {
        macs: {
          '02:00:00:00:00:01': { 'device-number': '0', 'local-ipv4s': '172.31.16.5' },
          '02:00:00:00:00:02': {
            'device-number': '1',
            'interface-id': 'eni-2',
            'ipv4-associations': { '127.77.0.9': '172.31.16.7' },
            'local-hostname': 'ip-172-31-16-6.ec2.internal',
            'local-ipv4s': '172.31.16.6\n172.31.16.7\n172.31.16.8',
            'public-ipv4s': '127.77.0.9',
            'security-group-ids': 'sg-2',
          },
        },
      },
    });
  });

  test('without a public address have no such field', () => {
    const addresses: NetworkInterface['addresses'] = [{ privateIpAddress: '172.31.16.5' }];
    const [endpoint] = plan({ networkInterfaces: [nic({ addresses })] }).endpoints;
    expect(endpoint).not.toHaveProperty('publicIpAddress');
    expect(endpoint!.metadata.tree).not.toHaveProperty('public-ipv4');
  });
});

describe('rules', () => {
  test('of all groups of the guest are joined, each once; ingress and egress apart', () => {
    const ssh = rule({ cidrIpv4: '0.0.0.0/0' });
    const out = rule({ isEgress: true, ipProtocol: '-1', fromPort: -1, toPort: -1, cidrIpv4: '0.0.0.0/0' });
    const { endpoints } = plan({
      securityGroups: [
        group('sg-1', ssh, out),
        group('sg-2', ssh, rule({ ipProtocol: 'udp', cidrIpv4: '10.0.0.0/8' })),
        group('sg-3', rule({ cidrIpv4: '9.9.9.9/32' })),
      ],
      networkInterfaces: [nic({ securityGroupIds: ['sg-1', 'sg-2'] })],
    });
    expect(endpoints[0]!.ingress).toEqual([
      { protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' },
      { protocol: 'udp', fromPort: 22, toPort: 22, cidr: '10.0.0.0/8' },
    ]);
    expect(endpoints[0]!.egress).toEqual([{ protocol: 'all', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' }]);
  });

  test('that refer to a group allow all addresses of its members, also of those that are off or attached to nothing', () => {
    const { endpoints } = plan({
      securityGroups: [group('sg-1', rule({ referencedGroupId: 'sg-2' })), group('sg-2')],
      networkInterfaces: [
        nic(),
        nic({
          instanceId: 'i-2',
          addresses: [{ privateIpAddress: '172.31.16.7' }, { privateIpAddress: '172.31.16.9' }],
          securityGroupIds: ['sg-2'],
        }),
        nic({
          networkInterfaceId: 'eni-3',
          attachment: undefined,
          addresses: [{ privateIpAddress: '172.31.16.6' }],
          securityGroupIds: ['sg-2'],
        }),
      ],
    });
    expect(endpoints[0]!.ingress.map(allowed => allowed.cidr)).toEqual([
      '172.31.16.6/32',
      '172.31.16.7/32',
      '172.31.16.9/32',
    ]);
  });

  test('about IPv6 allow nothing', () => {
    const ipv6 = [rule({ cidrIpv6: '::/0' }), rule({ ipProtocol: 'icmpv6', cidrIpv6: '::/0' })];
    expect(plan({ securityGroups: [group('sg-1', ...ipv6)] }).endpoints[0]!.ingress).toEqual([]);
  });
});

describe('the way out', () => {
  const gateway = { internetGatewayId: 'igw-1', ownerId, vpcId: 'vpc-1' };
  const table = (routeTableId: string, subnetId: string | undefined, ...gatewayIds: string[]) => ({
    routeTableId,
    ownerId,
    vpcId: 'vpc-1',
    associations: [{ associationId: `assoc-${routeTableId}`, subnetId }],
    routes: gatewayIds.map(gatewayId => ({ destinationCidrBlock: '0.0.0.0/0', gatewayId })),
  });
  const hasInternet = (facts: Partial<VpcFacts>) => plan(facts).endpoints[0]!.hasInternet;

  test('is open where the table of the subnet, else the main one, has a route to a gateway of the VPC', () => {
    const internetGateways = [gateway];
    expect(hasInternet({ internetGateways, routeTables: [table('main', undefined, 'igw-1')] })).not.toBe(
      false,
    );
    const own = [table('main', undefined), table('own', 'subnet-1', 'igw-1')];
    expect(hasInternet({ internetGateways, routeTables: own })).not.toBe(false);
    const other = [table('main', undefined), table('other', 'subnet-2', 'igw-1')];
    expect(hasInternet({ internetGateways, routeTables: other })).toBe(false);
    const closed = [table('main', undefined, 'igw-1'), table('own', 'subnet-1')];
    expect(hasInternet({ internetGateways, routeTables: closed })).toBe(false);
  });

  test('is closed where the route leads to a gateway that is gone', () => {
    expect(hasInternet({ routeTables: [table('main', undefined, 'igw-1')] })).toBe(false);
  });

  test('leads through a guest where a route says so, be it there or not', () => {
    const routes = [
      { destinationCidrBlock: '0.0.0.0/0', networkInterfaceId: 'eni-2' },
      { destinationCidrBlock: '10.8.0.0/16', networkInterfaceId: 'eni-9' },
    ];
    const routeTables = [{ ...table('main', undefined), routes }];
    expect(plan({ internetGateways: [gateway], routeTables }).endpoints[0]).toMatchObject({
      hasInternet: false,
      routes: [
        { cidr: '0.0.0.0/0', networkInterfaceId: 'eni-2' },
        { cidr: '10.8.0.0/16', networkInterfaceId: 'eni-9' },
      ],
    });
    expect(plan({ routeTables: [table('main', undefined)] }).endpoints[0]).not.toHaveProperty('routes');
  });

  test('is open in a VPC from before there were route tables', () => {
    expect(hasInternet({})).toBeUndefined();
  });
});

test('a VPC says what it has not of DNS', () => {
  expect(plan({})).not.toHaveProperty('enableDnsHostnames');
  expect(plan({ vpc: { ...vpc, isDefault: false } })).toMatchObject({ enableDnsHostnames: false });
  const silent = plan({ vpc: { ...vpc, enableDnsSupport: false } });
  expect(silent).toMatchObject({ enableDnsSupport: false, enableDnsHostnames: false });
});
