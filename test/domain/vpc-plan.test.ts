import { describe, expect, test } from 'vitest';
import type { Instance } from '../../src/domain/instance.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../src/domain/network.ts';
import type { Volume } from '../../src/domain/volume.ts';
import { planVpc, type VpcFacts } from '../../src/domain/vpc-plan.ts';

const ownerId = '111122223333';
const vpc = { vpcId: 'vpc-1', ownerId, cidrBlock: '172.31.0.0/16', isDefault: true };
const subnet = {
  subnetId: 'subnet-1',
  vpcId: 'vpc-1',
  ownerId,
  cidrBlock: '172.31.16.0/20',
  availabilityZone: 'us-east-1b',
  defaultForAz: true,
};

function rule(changes: Partial<SecurityGroupRule>): SecurityGroupRule {
  return {
    securityGroupRuleId: 'sgr-1',
    isEgress: false,
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    ...changes,
  };
}

function group(groupId: string, ...rules: SecurityGroupRule[]): SecurityGroup {
  return { groupId, groupName: `name of ${groupId}`, description: '', ownerId, vpcId: 'vpc-1', rules };
}

function instance(changes: Partial<Instance> = {}): Instance {
  return {
    instanceId: 'i-1',
    ownerId,
    reservationId: 'r-1',
    imageId: 'ami-1',
    amiLaunchIndex: 0,
    instanceType: 't3.micro',
    architecture: 'x86_64',
    virtualizationType: 'hvm',
    rootDeviceName: '/dev/sda1',
    rootDeviceType: 'ebs',
    platformDetails: 'Linux/UNIX',
    usageOperation: 'RunInstances',
    productCodes: [],
    state: 'running',
    stateTransitionReason: '',
    launchTime: '2026-05-10T13:17:12.000Z',
    availabilityZone: 'us-east-1b',
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    networkInterfaceId: 'eni-1',
    macAddress: '02:00:00:00:00:01',
    privateIpAddress: '172.31.16.5',
    publicIpAddress: '127.77.0.5',
    securityGroupIds: ['sg-1'],
    metadataOptions: {
      httpTokens: 'optional',
      httpPutResponseHopLimit: 1,
      httpEndpoint: 'enabled',
      instanceMetadataTags: 'disabled',
    },
    disableApiTermination: false,
    disableApiStop: false,
    instanceInitiatedShutdownBehavior: 'stop',
    ebsOptimized: false,
    health: 'ok',
    healthSince: '2026-05-10T13:17:12.000Z',
    ...changes,
  };
}

function volume(device: string, instanceId = 'i-1'): Volume {
  return {
    volumeId: `vol${device}`,
    ownerId,
    size: 8,
    availabilityZone: 'us-east-1b',
    state: 'in-use',
    createTime: '2026-05-10T13:17:12.000Z',
    volumeType: 'gp3',
    encrypted: false,
    productCodes: [],
    attachment: {
      instanceId,
      device,
      state: 'attached',
      attachTime: '2026-05-10T13:17:12.000Z',
      deleteOnTermination: true,
    },
  };
}

function plan(facts: Partial<VpcFacts>) {
  return planVpc({
    region: 'us-east-1',
    vpc,
    subnets: [subnet],
    routeTables: [],
    internetGateways: [],
    securityGroups: [group('sg-1')],
    instances: [instance()],
    volumes: [],
    tags: new Map(),
    sign: document => ({ signature: `s ${document.length}`, rsa2048: 'r', pkcs7: 'p' }),
    ...facts,
  });
}

describe('endpoints', () => {
  test('say where each guest is, in order of id; those powered off have none', () => {
    const states = ['pending', 'running', 'stopping', 'shutting-down', 'stopped', 'terminated'] as const;
    const instances = states.map((state, i) => instance({ instanceId: `i-${9 - i}`, state }));
    const { endpoints, ...rest } = plan({ instances });
    expect(rest).toEqual({ vpcId: 'vpc-1', cidrBlock: '172.31.0.0/16' });
    expect(endpoints.map(endpoint => endpoint.instanceId)).toEqual(['i-6', 'i-7', 'i-8', 'i-9']);
    expect(endpoints[0]).toMatchObject({
      macAddress: '02:00:00:00:00:01',
      privateIpAddress: '172.31.16.5',
      subnetCidrBlock: '172.31.16.0/20',
      publicIpAddress: '127.77.0.5',
    });
  });

  test('without a public address have no such field', () => {
    const [endpoint] = plan({ instances: [instance({ publicIpAddress: undefined })] }).endpoints;
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
      instances: [instance({ securityGroupIds: ['sg-1', 'sg-2'] })],
    });
    expect(endpoints[0]!.ingress).toEqual([
      { protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' },
      { protocol: 'udp', fromPort: 22, toPort: 22, cidr: '10.0.0.0/8' },
    ]);
    expect(endpoints[0]!.egress).toEqual([{ protocol: 'all', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' }]);
  });

  test('that refer to a group allow its members, also stopped ones, and never terminated ones', () => {
    const { endpoints } = plan({
      securityGroups: [group('sg-1', rule({ referencedGroupId: 'sg-2' })), group('sg-2')],
      instances: [
        instance(),
        instance({ instanceId: 'i-2', privateIpAddress: '172.31.16.7', securityGroupIds: ['sg-2'] }),
        instance({
          instanceId: 'i-3',
          privateIpAddress: '172.31.16.6',
          securityGroupIds: ['sg-2'],
          state: 'stopped',
        }),
        instance({
          instanceId: 'i-4',
          privateIpAddress: '172.31.16.8',
          securityGroupIds: ['sg-2'],
          state: 'terminated',
        }),
      ],
    });
    expect(endpoints[0]!.ingress.map(allowed => allowed.cidr)).toEqual(['172.31.16.6/32', '172.31.16.7/32']);
  });

  test('about IPv6 allow nothing', () => {
    const ipv6 = [rule({ cidrIpv6: '::/0' }), rule({ ipProtocol: 'icmpv6', cidrIpv6: '::/0' })];
    expect(plan({ securityGroups: [group('sg-1', ...ipv6)] }).endpoints[0]!.ingress).toEqual([]);
  });
});

describe('metadata', () => {
  test('is the whole tree a guest reads', () => {
    const [endpoint] = plan({
      securityGroups: [group('sg-1'), group('sg-2')],
      instances: [
        instance({
          securityGroupIds: ['sg-1', 'sg-2'],
          keyName: 'mine',
          publicKey: 'ssh-ed25519 AAAA mine',
          userData: 'aGVsbG8=',
          productCodes: ['abc', 'def'],
        }),
      ],
      volumes: [volume('/dev/sdg'), volume('/dev/sda1'), volume('/dev/sdf'), volume('/dev/sdz', 'i-2')],
    }).endpoints;
    const { tree, ...rest } = endpoint!.metadata;
    expect(rest).toMatchObject({
      keyName: 'mine',
      userData: 'aGVsbG8=',
      options: { httpTokens: 'optional' },
    });
    expect(tree).toEqual({
      'ami-id': 'ami-1',
      'ami-launch-index': '0',
      'ami-manifest-path': '(unknown)',
      'block-device-mapping': { ami: 'sda1', ebs1: 'sdf', ebs2: 'sdg', root: '/dev/sda1' },
      events: { maintenance: { history: '[]', scheduled: '[]' } },
      hostname: 'ip-172-31-16-5.ec2.internal',
      'instance-action': 'none',
      'instance-id': 'i-1',
      'instance-life-cycle': 'on-demand',
      'instance-type': 't3.micro',
      'local-hostname': 'ip-172-31-16-5.ec2.internal',
      'local-ipv4': '172.31.16.5',
      mac: '02:00:00:00:00:01',
      network: {
        interfaces: {
          macs: {
            '02:00:00:00:00:01': {
              'device-number': '0',
              'interface-id': 'eni-1',
              'ipv4-associations': { '127.77.0.5': '172.31.16.5' },
              'local-hostname': 'ip-172-31-16-5.ec2.internal',
              'local-ipv4s': '172.31.16.5',
              mac: '02:00:00:00:00:01',
              'network-card-index': '0',
              'owner-id': ownerId,
              'public-ipv4s': '127.77.0.5',
              'security-group-ids': 'sg-1\nsg-2',
              'security-groups': 'name of sg-1\nname of sg-2',
              'subnet-id': 'subnet-1',
              'subnet-ipv4-cidr-block': '172.31.16.0/20',
              'vpc-id': 'vpc-1',
              'vpc-ipv4-cidr-block': '172.31.0.0/16',
              'vpc-ipv4-cidr-blocks': '172.31.0.0/16',
            },
          },
        },
      },
      placement: {
        'availability-zone': 'us-east-1b',
        'availability-zone-id': 'use1-az2',
        region: 'us-east-1',
      },
      'product-codes': 'abc\ndef',
      profile: 'default-hvm',
      'public-ipv4': '127.77.0.5',
      'public-keys': { '0': { 'openssh-key': 'ssh-ed25519 AAAA mine' } },
      'reservation-id': 'r-1',
      'security-groups': 'name of sg-1\nname of sg-2',
      services: { domain: 'amazonaws.com', partition: 'aws' },
      system: 'nitro',
    });
  });

  test('names volumes that were attached later only after the next start', () => {
    const early = volume('/dev/sdf');
    const late = volume('/dev/sdg');
    late.attachment!.attachTime = '2026-05-10T14:00:00.000Z';
    const devices = (launchTime: string) =>
      plan({ instances: [instance({ launchTime })], volumes: [early, late] }).endpoints[0]!.metadata.tree[
        'block-device-mapping'
      ];
    expect(devices('2026-05-10T13:17:12.000Z')).toEqual({ ami: 'sda1', ebs1: 'sdf', root: '/dev/sda1' });
    expect(devices('2026-05-10T15:00:00.000Z')).toMatchObject({ ebs1: 'sdf', ebs2: 'sdg' });
  });

  test('leaves out what the instance has not', () => {
    const { tree, ...rest } = plan({}).endpoints[0]!.metadata;
    for (const name of ['public-keys', 'product-codes', 'tags']) expect(tree).not.toHaveProperty(name);
    expect(rest).not.toHaveProperty('keyName');
    expect(rest).not.toHaveProperty('userData');
  });

  test('shows tags only where the instance says so, and only those that can be a name in a path', () => {
    const tags = new Map([['i-1', { Name: 'web', 'a/b': 'no', __proto__x: 'yes', '..': 'no' }]]);
    expect(plan({ tags }).endpoints[0]!.metadata.tree).not.toHaveProperty('tags');
    const options = { ...instance().metadataOptions, instanceMetadataTags: 'enabled' as const };
    const [endpoint] = plan({ tags, instances: [instance({ metadataOptions: options })] }).endpoints;
    expect(endpoint!.metadata.tree.tags).toEqual({ instance: { Name: 'web', __proto__x: 'yes' } });
  });

  test('warns a guest that is going down', () => {
    const [endpoint] = plan({ instances: [instance({ state: 'stopping' })] }).endpoints;
    expect(endpoint!.metadata.tree['instance-action']).toBe('shutdown');
  });

  test('has an identity document laid out as AWS does', () => {
    const [endpoint] = plan({ instances: [instance({ productCodes: ['abc'] })] }).endpoints;
    const { identityDocument, identitySignatures } = endpoint!.metadata;
    expect(identityDocument).toBe(`{
  "accountId" : "111122223333",
  "architecture" : "x86_64",
  "availabilityZone" : "us-east-1b",
  "billingProducts" : null,
  "devpayProductCodes" : null,
  "marketplaceProductCodes" : [ "abc" ],
  "imageId" : "ami-1",
  "instanceId" : "i-1",
  "instanceType" : "t3.micro",
  "kernelId" : null,
  "pendingTime" : "2026-05-10T13:17:12Z",
  "privateIp" : "172.31.16.5",
  "ramdiskId" : null,
  "region" : "us-east-1",
  "version" : "2017-09-30"
}`);
    const signature = `s ${identityDocument.length}`;
    expect(identitySignatures).toEqual({ signature, rsa2048: 'r', pkcs7: 'p' });
    expect(JSON.parse(identityDocument).instanceId).toBe('i-1');
  });
});
