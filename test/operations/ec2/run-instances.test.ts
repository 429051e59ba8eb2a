import type { Reservation } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { describeInstances } from '../../../src/operations/ec2/describe-instances.ts';
import { importKeyPair } from '../../../src/operations/ec2/import-key-pair.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { change, imageId, launch, putImage, refusal, snapshotId } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

const one = { ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' };
const ed25519 = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]).toString('base64')} me@home`;

describe('a launch', () => {
  test('answers with one pending instance and shows no devices yet', async () => {
    const answer = await region.call<Reservation>(runInstances, one);
    expect(answer).toMatchObject({ OwnerId: owner, Groups: [] });
    expect(answer.ReservationId).toMatch(/^r-[0-9a-f]{17}$/);
    expect(answer.Instances).toHaveLength(1);
    const [instance] = answer.Instances!;
    expect(instance).toMatchObject({
      ImageId: imageId,
      State: { Code: 0, Name: 'pending' },
      StateReason: { Code: 'pending', Message: 'pending' },
      InstanceType: 't3.micro',
      AmiLaunchIndex: 0,
      Architecture: 'x86_64',
      Hypervisor: 'xen',
      RootDeviceName: '/dev/sda1',
      RootDeviceType: 'ebs',
      BlockDeviceMappings: [],
      PrivateIpAddress: '172.31.0.4',
      PrivateDnsName: 'ip-172-31-0-4.ec2.internal',
      PublicDnsName: '',
      SourceDestCheck: true,
      EbsOptimized: false,
      SecurityGroups: [{ GroupName: 'default' }],
      MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
      LaunchTime: region.time,
    });
    expect(instance!.PublicIpAddress).toMatch(/^127\.77\./);
  });

  test('writes the instance, its attaching volume and its launch job together', async () => {
    const [instance] = await launch(region);
    const instanceId = instance!.InstanceId!;
    expect(await region.records.read.instances.get(instanceId)).toMatchObject({
      state: 'pending',
      health: 'initializing',
      instanceInitiatedShutdownBehavior: 'stop',
      disableApiTermination: false,
    });
    expect(await region.records.read.volumes.list({ instanceId })).toMatchObject([
      {
        ownerId: owner,
        size: 8,
        snapshotId,
        volumeType: 'gp3',
        state: 'creating',
        attachment: { device: '/dev/sda1', state: 'attaching', deleteOnTermination: true },
      },
    ]);
    expect(region.jobs).toEqual([{ kind: 'launch-instance', subject: instanceId, input: { instanceId } }]);
  });

  test('remembers on the image when it was last launched', async () => {
    await launch(region);
    expect((await region.records.read.images.get(imageId))!.lastLaunchedTime).toBe(
      '2026-05-10T13:17:12.000Z',
    );
  });

  test('of many numbers them and gives each its own addresses', async () => {
    const instances = await launch(region, { MinCount: 2, MaxCount: 3 });
    expect(instances.map(instance => instance.AmiLaunchIndex)).toEqual([0, 1, 2]);
    expect(instances.map(instance => instance.PrivateIpAddress)).toEqual([
      '172.31.0.4',
      '172.31.0.5',
      '172.31.0.6',
    ]);
    expect(new Set(instances.map(instance => instance.PublicIpAddress)).size).toBe(3);
    expect(new Set(instances.map(one => one.NetworkInterfaces![0]!.MacAddress)).size).toBe(3);
    expect(region.jobs).toHaveLength(3);
  });

  test('takes empty strings, false and defaults for nothing, as Packer sends them', async () => {
    const [instance] = await launch(region, {
      EbsOptimized: false,
      IamInstanceProfile: { Name: '' },
      Placement: { AvailabilityZone: '', Tenancy: 'default' },
      SubnetId: '',
      UserData: '',
      KeyName: '',
      Monitoring: { Enabled: false },
      CreditSpecification: { CpuCredits: 'unlimited' },
      EnclaveOptions: { Enabled: false },
      HibernationOptions: { Configured: false },
      MaintenanceOptions: { AutoRecovery: 'default' },
      PrivateDnsNameOptions: { HostnameType: 'ip-name' },
    });
    expect(instance!.State!.Name).toBe('pending');
    expect(instance!.KeyName).toBeUndefined();
  });

  test('with DryRun checks everything and writes nothing', async () => {
    await refusal(
      region,
      runInstances,
      { ...one, DryRun: true },
      {
        code: 'DryRunOperation',
        message: 'Request would have succeeded, but DryRun flag is set.',
        status: 412,
      },
    );
    await refusal(
      region,
      runInstances,
      { ...one, InstanceType: 'foo', DryRun: true },
      { code: 'InvalidParameterValue' },
    );
    expect(await region.records.read.instances.list()).toEqual([]);
    expect(await region.records.read.vpcs.list()).toEqual([]);
  });

  test('chooses a type that fits the architecture when none is named', async () => {
    const [intel] = await launch(region, { InstanceType: undefined });
    expect(intel!.InstanceType).toBe('t2.micro');
    await putImage(region, { imageId: 'ami-00000000000000001', name: 'arm', architecture: 'arm64' });
    const [arm] = await launch(region, { InstanceType: '', ImageId: 'ami-00000000000000001' });
    expect(arm).toMatchObject({ InstanceType: 't4g.micro', CurrentInstanceBootMode: 'uefi' });
  });

  test('lays the requested devices over the image and tags all three kinds of resource', async () => {
    const tag = (ResourceType: string) => ({ ResourceType, Tags: [{ Key: 'for', Value: ResourceType }] });
    const [instance] = await launch(region, {
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 20 } },
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1, DeleteOnTermination: false } },
        { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
      ],
      TagSpecifications: [tag('instance'), tag('volume'), tag('network-interface')],
    });
    expect(instance!.Tags).toEqual([{ Key: 'for', Value: 'instance' }]);
    const volumes = await region.records.read.volumes.list({ instanceId: instance!.InstanceId! });
    expect(
      volumes
        .map(volume => [volume.attachment!.device, volume.size, volume.attachment!.deleteOnTermination])
        .sort(),
    ).toEqual([
      ['/dev/sda1', 20, true],
      ['/dev/sdf', 1, false],
    ]);
    const tags = await region.records.read.tags.list();
    expect(tags.map(set => set.resourceType).sort()).toEqual([
      'instance',
      'network-interface',
      'volume',
      'volume',
    ]);
  });

  test('keeps key, user data, token and protection', async () => {
    await region.call(importKeyPair, { KeyName: 'mine', PublicKeyMaterial: Buffer.from(ed25519) });
    const [shown] = await launch(region, {
      KeyName: 'mine',
      UserData: Buffer.from('#!/bin/sh').toString('base64'),
      ClientToken: 'token-1',
      DisableApiTermination: true,
      DisableApiStop: true,
      InstanceInitiatedShutdownBehavior: 'terminate',
    });
    expect(shown).toMatchObject({ KeyName: 'mine', ClientToken: 'token-1' });
    expect(await region.records.read.instances.get(shown!.InstanceId!)).toMatchObject({
      publicKey: ed25519.replace('me@home', 'mine'),
      userData: 'IyEvYmluL3No',
      disableApiTermination: true,
      disableApiStop: true,
      instanceInitiatedShutdownBehavior: 'terminate',
    });
  });

  test('asks for metadata tokens and two hops where the image says imdsSupport v2.0, unless told otherwise', async () => {
    await putImage(region, { imdsSupport: 'v2.0' });
    const [byImage] = await launch(region);
    expect(byImage!.MetadataOptions).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    const [byRequest] = await launch(region, {
      MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 5, HttpEndpoint: 'disabled' },
    });
    expect(byRequest!.MetadataOptions).toMatchObject({
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 5,
      HttpEndpoint: 'disabled',
    });
  });
});

describe('ClientToken', () => {
  test('makes a repeated launch answer with the first', async () => {
    const first = await region.call<Reservation>(runInstances, { ...one, ClientToken: 'once' });
    const second = await region.call<Reservation>(runInstances, { ...one, ClientToken: 'once' });
    expect(second).toEqual(first);
    expect(await region.records.read.instances.list()).toHaveLength(1);
    expect(region.jobs).toHaveLength(1);
  });

  test('with other arguments is a mismatch', async () => {
    await region.call(runInstances, { ...one, ClientToken: 'once' });
    await refusal(
      region,
      runInstances,
      { ...one, MaxCount: 2, ClientToken: 'once' },
      {
        code: 'IdempotentParameterMismatch',
        message:
          'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      },
    );
  });

  test('of a terminated instance is refused', async () => {
    const [instance] = await launch(region, { ClientToken: 'once' });
    await change(region, instance!.InstanceId!, { state: 'terminated' });
    await refusal(
      region,
      runInstances,
      { ...one, ClientToken: 'once' },
      { code: 'IdempotentInstanceTerminated' },
    );
  });

  test('belongs to one account', async () => {
    await putImage(region, { launchPermissions: [{ group: 'all' }] });
    await region.call(runInstances, { ...one, ClientToken: 'once' });
    await region.call(runInstances, { ...one, MaxCount: 2, ClientToken: 'once' }, stranger);
    expect(await region.records.read.instances.list({ ownerId: stranger })).toHaveLength(2);
  });
});

describe('an image', () => {
  test.each([
    ['ami-zz', 'InvalidAMIID.Malformed', 'Invalid id: "ami-zz"'],
    ['foo', 'InvalidAMIID.Malformed', 'Invalid id: "foo" (expecting "ami-...")'],
    [
      'ami-0000000000000dead',
      'InvalidAMIID.NotFound',
      "The image id '[ami-0000000000000dead]' does not exist",
    ],
    ['', 'MissingParameter', 'The request must contain the parameter ImageId'],
  ])('id %j is refused with %s', async (ImageId, code, message) => {
    await refusal(region, runInstances, { ...one, ImageId }, { code, message });
  });

  test('that is private to another account is told from a missing one', async () => {
    await refusal(
      region,
      runInstances,
      one,
      { code: 'AuthFailure', message: `Not authorized for images: [${imageId}]`, status: 403 },
      stranger,
    );
  });

  test('that is shared or public launches for the grantee, from snapshots that are not shared', async () => {
    await putImage(region, { launchPermissions: [{ userId: stranger }] });
    await region.call(runInstances, one, stranger);
    expect(await region.records.read.instances.list({ ownerId: stranger })).toHaveLength(1);
  });

  test.each([
    ['pending', `AMI ${imageId} is pending, and cannot be run`],
    ['deregistered', `The image ID: '${imageId}' is no longer available`],
    ['disabled', `The image ID: '${imageId}' is no longer available`],
    ['failed', `The image ID: '${imageId}' is no longer available`],
  ] as const)('that is %s is unavailable', async (state, message) => {
    await putImage(region, { state });
    await refusal(region, runInstances, one, { code: 'InvalidAMIID.Unavailable', message });
  });

  test('that is deprecated launches by id', async () => {
    await putImage(region, { deprecationTime: '2020-01-01T00:00:00.000Z' });
    expect(await launch(region)).toHaveLength(1);
  });

  test('with a product code needs a subscription, except from its owner', async () => {
    await putImage(region, { productCodes: ['abc123'], launchPermissions: [{ group: 'all' }] });
    await refusal(region, runInstances, one, { code: 'OptInRequired', status: 401 }, stranger);
    expect((await launch(region))[0]!.ProductCodes).toEqual([
      { ProductCodeId: 'abc123', ProductCodeType: 'marketplace' },
    ]);
  });

  test.each([
    [
      { architecture: 'arm64' },
      'InvalidParameterValue',
      /^The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64' of the specified AMI\./,
    ],
    [
      { virtualizationType: 'paravirtual' },
      'InvalidParameterCombination',
      /^Virtualization type 'hvm' is required for instances of type 't3.micro'\. Ensure that you are using an AMI with virtualization type 'hvm'\./,
    ],
    [
      { rootDeviceType: 'instance-store' },
      'UnsupportedOperation',
      /^AMI 'ami-0123456789abcdef0' with an instance-store root device is not supported for the instance type 't3.micro'\.$/,
    ],
    [
      { enaSupport: undefined },
      'InvalidParameterCombination',
      /^Enhanced networking with the Elastic Network Adapter \(ENA\) is required for the 't3.micro' instance type\./,
    ],
  ] as const)('%j does not fit the type', async (changes, code, text) => {
    await putImage(region, changes);
    await expect(region.call(runInstances, one)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(text),
    });
  });
});

describe('the place of an instance', () => {
  test('follows subnet, groups and address of its one network interface', async () => {
    const [first] = await launch(region);
    const [second] = await launch(region, {
      NetworkInterfaces: [
        {
          DeviceIndex: 0,
          SubnetId: first!.SubnetId,
          Groups: [first!.SecurityGroups![0]!.GroupId],
          AssociatePublicIpAddress: false,
          DeleteOnTermination: true,
          PrivateIpAddress: '172.31.0.77',
        },
      ],
    });
    expect(second).toMatchObject({ SubnetId: first!.SubnetId, PrivateIpAddress: '172.31.0.77' });
    expect(second!.PublicIpAddress).toBeUndefined();
    await refusal(
      region,
      runInstances,
      { ...one, PrivateIpAddress: '172.31.0.77' },
      { code: 'InvalidIPAddress.InUse', message: 'Address 172.31.0.77 is in use.' },
    );
  });

  test('follows the zone, by name or id', async () => {
    const [byName] = await launch(region, { Placement: { AvailabilityZone: 'us-east-1b' } });
    const [byId] = await launch(region, { Placement: { AvailabilityZoneId: 'use1-az2' } });
    for (const instance of [byName, byId])
      expect(instance!.Placement).toMatchObject({
        AvailabilityZone: 'us-east-1b',
        AvailabilityZoneId: 'use1-az2',
      });
    expect(byName!.PrivateIpAddress).toBe('172.31.16.4');
  });

  test('frees its address when it is terminated', async () => {
    const [first] = await launch(region);
    await change(region, first!.InstanceId!, { state: 'terminated' });
    const [second] = await launch(region);
    expect(second!.PrivateIpAddress).toBe(first!.PrivateIpAddress);
  });

  test('is in a VPC of its account alone', async () => {
    await putImage(region, { launchPermissions: [{ group: 'all' }] });
    const [mine] = await launch(region);
    const theirs = await region.call<Reservation>(runInstances, one, stranger);
    expect(theirs.Instances![0]!.VpcId).not.toBe(mine!.VpcId);
    await refusal(
      region,
      runInstances,
      { ...one, SubnetId: mine!.SubnetId },
      { code: 'InvalidSubnetID.NotFound' },
      stranger,
    );
    const seen = await region.call<{ Reservations: Reservation[] }>(describeInstances, {}, stranger);
    expect(seen.Reservations).toHaveLength(1);
  });
});
