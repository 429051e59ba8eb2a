/** What keeps an image from being made, by its exact text. */
import { beforeAll, describe } from 'vitest';
import { copyImage } from '../../../../src/operations/ec2/copy-image.ts';
import { createImage } from '../../../../src/operations/ec2/create-image.ts';
import { registerImage } from '../../../../src/operations/ec2/register-image.ts';
import { anImage, aSnapshot, hexId } from '../../../support/records.ts';
import { refuses } from '../../errors.ts';
import { stranger, type TestRegion, testRegion } from '../../region.ts';

const own = hexId('ami', 1);
let region: TestRegion;
beforeAll(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.images.put(anImage({ imageId: own, name: 'own' }));
    await records.snapshots.put(aSnapshot());
    await records.snapshots.put(aSnapshot({ snapshotId: hexId('snap', 2), ownerId: stranger }));
    await records.snapshots.put(
      aSnapshot({ snapshotId: hexId('snap', 3), ownerId: stranger, createVolumePermissions: ['all'] }),
    );
    await records.snapshots.put(aSnapshot({ snapshotId: hexId('snap', 4), state: 'pending' }));
  });
});

const copy = (SourceImageId: string | undefined, more: object = {}) => ({
  ...{ SourceImageId, SourceRegion: 'us-east-1', Name: 'a copy' },
  ...more,
});
const register = (ebs: object, more: object = {}) => ({
  ...{ Name: 'new', Architecture: 'x86_64', VirtualizationType: 'hvm', RootDeviceName: '/dev/sda1' },
  BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: hexId('snap', 1), ...ebs } }],
  ...more,
});

describe('a new image', () => {
  const nameMalformed = {
    code: 'InvalidAMIName.Malformed',
    message:
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
  };
  const mapping = { code: 'InvalidBlockDeviceMapping' };
  const name = 'a'.repeat(129);
  refuses(() => region, {
    'with the name of another': {
      ...{ operation: registerImage, input: register({}, { Name: 'own' }), code: 'InvalidAMIName.Duplicate' },
      message: `AMI name own is already in use by AMI ${own}`,
    },
    'with two letters for a name': {
      operation: registerImage,
      input: register({}, { Name: 'ab' }),
      ...nameMalformed,
    },
    'with a name too long': {
      operation: registerImage,
      input: register({}, { Name: name }),
      ...nameMalformed,
    },
    'with a name in another script': {
      operation: registerImage,
      input: register({}, { Name: 'пример' }),
      ...nameMalformed,
    },
    'with a description too long': {
      ...{ operation: registerImage, input: register({}, { Description: 'a'.repeat(256) }) },
      ...{ code: 'InvalidParameterValue', message: 'AMI descriptions must be less than 256 characters long' },
    },
    'of nothing': {
      ...{ operation: registerImage, input: { Name: 'new' }, code: 'InvalidParameterCombination' },
      message: 'Either imageLocation or rootDeviceName must be set.',
    },
    'without a root': {
      ...{ operation: registerImage, input: register({}, { RootDeviceName: '/dev/sdb' }), ...mapping },
      message: 'No root snapshot specified in device mapping.',
    },
    'smaller than its snapshot': {
      ...{ operation: registerImage, input: register({ VolumeSize: 7 }), ...mapping },
      message: `Volume of size 7GB is smaller than snapshot '${hexId('snap', 1)}', expect size >= 8GB`,
    },
    'with the encryption of its snapshot said': {
      ...{ operation: registerImage, input: register({ Encrypted: true }), ...mapping },
      message: 'the encrypted flag cannot be specified since device /dev/sda1 has a snapshot specified.',
    },
    'with a device twice': {
      operation: registerImage,
      input: register(
        {},
        {
          BlockDeviceMappings: [0, 1].map(() => ({
            DeviceName: '/dev/sda1',
            Ebs: { SnapshotId: hexId('snap', 1) },
          })),
        },
      ),
      ...mapping,
      message: "The device '/dev/sda1' is used in more than one block-device mapping",
    },
    'on a root of a kind that does not boot': {
      ...{ operation: registerImage, input: register({ VolumeType: 'st1', VolumeSize: 500 }) },
      code: 'InvalidParameterValue',
      message:
        'The st1 volume type cannot be used for boot volumes. Please use a supported boot volume type: standard,io1,gp2.',
    },
    'on a kind of volume there is none of': {
      ...{ operation: registerImage, input: register({ VolumeType: 'gp9' }), code: 'UnknownVolumeType' },
      message: "Unsupported volume type 'gp9' for volume creation.",
    },
    'on a snapshot nobody has': {
      ...{ operation: registerImage, input: register({ SnapshotId: hexId('snap', 9) }) },
      ...{ code: 'InvalidSnapshot.NotFound', message: `The snapshot '${hexId('snap', 9)}' does not exist.` },
    },
    'on another account’s snapshot, which it does not see': {
      ...{ operation: registerImage, input: register({ SnapshotId: hexId('snap', 2) }) },
      ...{ code: 'InvalidSnapshot.NotFound', message: `The snapshot '${hexId('snap', 2)}' does not exist.` },
    },
    'on one that everybody may make volumes of': {
      ...{ operation: registerImage, input: register({ SnapshotId: hexId('snap', 3) }) },
      code: 'InvalidParameterValue',
      message: `Invalid value '${hexId('snap', 3)}' for snapshotId. Snapshot does not belong to 111122223333`,
    },
    'on one that is not completed': {
      ...{ operation: registerImage, input: register({ SnapshotId: hexId('snap', 4) }) },
      ...{ code: 'IncorrectState', message: `${hexId('snap', 4)} is not 'completed'` },
    },
    'with tags for an instance': {
      operation: registerImage,
      input: register({}, { TagSpecifications: [{ ResourceType: 'instance', Tags: [] }] }),
      code: 'InvalidParameterValue',
      message: "'instance' is not a valid taggable resource type for this operation.",
    },
    'of an instance there is none of': {
      ...{ operation: createImage, input: { InstanceId: hexId('i', 9), Name: 'new' } },
      ...{ code: 'InvalidInstanceID.NotFound', message: `The instance ID '${hexId('i', 9)}' does not exist` },
    },
    'from a region nobody serves': {
      ...{ operation: copyImage, input: copy(own, { SourceRegion: 'mars-north-1' }), code: 'InvalidRegion' },
      message: "The region 'mars-north-1' does not exist.",
    },
    'under a key, not encrypted': {
      ...{ operation: copyImage, input: copy(own, { KmsKeyId: 'alias/mine' }) },
      code: 'InvalidParameterDependency',
      message: 'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    },
  });
});
