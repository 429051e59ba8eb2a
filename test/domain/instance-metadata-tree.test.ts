import { describe, expect, test } from 'vitest';
import { group, instance, nic, ownerId, plan, volume } from '../support/vpc-facts.ts';

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
