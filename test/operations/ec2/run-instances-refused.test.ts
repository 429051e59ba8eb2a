import { beforeEach, describe, expect, test } from 'vitest';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { imageId, launch, putImage, refusal, snapshot, snapshotId } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

const one = { ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' };

describe('a launch is refused', () => {
  const cases: [object, string, string][] = [
    [{ MinCount: undefined }, 'MissingParameter', 'The request must contain the parameter MinCount'],
    [{ MinCount: 0 }, 'InvalidParameterValue', 'Minimum instance count must be greater than zero'],
    [
      { MinCount: 3, MaxCount: 2 },
      'InvalidParameterValue',
      'Maximum instance count must not be smaller than minimum instance count',
    ],
    [{ InstanceType: 'foo' }, 'InvalidParameterValue', "Invalid value 'foo' for InstanceType."],
    [{ KeyName: 'nobody' }, 'InvalidKeyPair.NotFound', "The key pair 'nobody' does not exist"],
    [{ UserData: '*' }, 'InvalidParameterValue', 'Invalid BASE64 encoding of user data.'],
    [
      { UserData: Buffer.alloc(16_385).toString('base64') },
      'InvalidParameterValue',
      'User data is limited to 16384 bytes.',
    ],
    [
      { SecurityGroupIds: ['sg-0000000000000dead'] },
      'InvalidGroup.NotFound',
      "The security group 'sg-0000000000000dead' does not exist",
    ],
    [{ SecurityGroups: ['nobody'] }, 'InvalidGroup.NotFound', "The security group 'nobody' does not exist"],
    [
      { SubnetId: 'subnet-0000000000000dead' },
      'InvalidSubnetID.NotFound',
      "The subnet ID 'subnet-0000000000000dead' does not exist",
    ],
    [
      { Placement: { AvailabilityZone: 'mars-1a' } },
      'InvalidParameterValue',
      'Invalid availability zone: [mars-1a]',
    ],
    [
      { PrivateIpAddress: '10.0.0.1' },
      'InvalidParameterValue',
      "Address 10.0.0.1 does not fall within the subnet's address range",
    ],
    [
      { PrivateIpAddress: '172.31.0.1' },
      'InvalidParameterValue',
      "Address 172.31.0.1 is in subnet's reserved address range",
    ],
    [
      { LaunchTemplate: { LaunchTemplateName: 'x' } },
      'InvalidLaunchTemplateName.NotFoundException',
      'The specified launch template, with template name x, does not exist.',
    ],
    [
      { InstanceMarketOptions: { MarketType: 'spot' } },
      'UnsupportedOperation',
      'The parameter InstanceMarketOptions is not supported.',
    ],
    [
      { IamInstanceProfile: { Name: 'x' } },
      'UnsupportedOperation',
      'The parameter IamInstanceProfile is not supported.',
    ],
    [
      { Placement: { Tenancy: 'dedicated' } },
      'UnsupportedOperation',
      'The parameter Placement.Tenancy is not supported.',
    ],
    [
      { NetworkInterfaces: [{ DeviceIndex: 0 }], SubnetId: 'subnet-0000000000000dead' },
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID may not be specified on the same request',
    ],
    [
      { NetworkInterfaces: [{ DeviceIndex: 0 }], SecurityGroupIds: ['sg-0000000000000dead'] },
      'InvalidParameterCombination',
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    ],
    [
      { TagSpecifications: [{ ResourceType: 'image', Tags: [] }] },
      'InvalidParameterValue',
      "'image' is not a valid taggable resource type for this operation.",
    ],
    [
      { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 4 } }] },
      'InvalidBlockDeviceMapping',
      `Volume of size 4GB is smaller than snapshot '${snapshotId}', expect size >= 8GB`,
    ],
    [
      { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: 'snap-00000000000000002' } }] },
      'InvalidBlockDeviceMapping',
      'snapshotId cannot be modified on root device',
    ],
    [
      { EbsOptimized: true, InstanceType: 't2.micro' },
      'Unsupported',
      'The requested configuration is currently not supported. Please check the documentation for supported configurations.',
    ],
    [
      {
        MetadataOptions: { InstanceMetadataTags: 'enabled' },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a b', Value: '' }] }],
      },
      'InvalidParameterValue',
      "'a b' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')",
    ],
  ];
  test.each(cases)('for %j', async (input, code, message) => {
    await region.records.transaction(records =>
      records.snapshots.put(snapshot({ snapshotId: 'snap-00000000000000002' })),
    );
    await refusal(region, runInstances, { ...one, ...input }, { code, message });
    expect(await region.records.read.instances.list()).toEqual([]);
  });

  test('for a data volume from a snapshot the caller may not use, or one that is not complete', async () => {
    const mapping = (SnapshotId: string) => ({
      ...one,
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId } }],
    });
    const other = 'snap-00000000000000002';
    await region.records.transaction(async records => {
      await records.snapshots.put(snapshot({ snapshotId: other, ownerId: stranger }));
      await records.snapshots.put(snapshot({ snapshotId: 'snap-00000000000000003', state: 'pending' }));
    });
    await refusal(region, runInstances, mapping(other), {
      code: 'InvalidSnapshot.NotFound',
      message: `The snapshot '${other}' does not exist.`,
    });
    await refusal(region, runInstances, mapping('snap-00000000000000003'), { code: 'IncorrectState' });
  });

  test('when the account would have too many instances', async () => {
    await refusal(
      region,
      runInstances,
      { ...one, MinCount: 257, MaxCount: 257 },
      { code: 'InstanceLimitExceeded' },
    );
    expect(await launch(region, { MaxCount: 1000 })).toHaveLength(256);
  });
});
