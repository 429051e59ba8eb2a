import { describe, expect, test } from 'vitest';
import type { Instance } from '../../src/domain/instance.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../src/domain/network.ts';
import type { NetworkInterface, NetworkInterfaceAttachment } from '../../src/domain/network-interface.ts';
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

/** The primary interface of an instance. */
function nic(changes: Partial<NetworkInterface> & { instanceId?: string } = {}): NetworkInterface {
  const { instanceId = 'i-1', ...fields } = changes;
  return {
    networkInterfaceId: instanceId.replace(/^i-/, 'eni-'),
    ownerId,
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    availabilityZone: 'us-east-1b',
    description: '',
    macAddress: '02:00:00:00:00:01',
    addresses: [{ privateIpAddress: '172.31.16.5', publicAddress: { publicIp: '127.77.0.5' } }],
    securityGroupIds: ['sg-1'],
    sourceDestCheck: true,
    associatePublicIpAddress: true,
    attachment: attachment(instanceId, 0),
    ...fields,
  };
}

function attachment(instanceId: string, deviceIndex: number): NetworkInterfaceAttachment {
  return {
    attachmentId: `eni-attach-${instanceId}-${deviceIndex}`,
    instanceId,
    deviceIndex,
    deleteOnTermination: true,
    attachTime: '2026-05-10T13:17:12.000Z',
    status: 'attached',
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
    securityGroups: [group('sg-1')],
    instances: [instance()],
    networkInterfaces: [nic()],
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

describe('metadata', () => {
  test('is the whole tree a guest reads', () => {
    const [endpoint] = plan({
      securityGroups: [group('sg-1'), group('sg-2')],
      instances: [
        instance({
          keyName: 'mine',
          publicKey: 'ssh-ed25519 AAAA mine',
          userData: 'aGVsbG8=',
          productCodes: ['abc', 'def'],
        }),
      ],
      networkInterfaces: [nic({ securityGroupIds: ['sg-1', 'sg-2'] })],
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
