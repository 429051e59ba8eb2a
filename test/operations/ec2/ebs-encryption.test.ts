import type { Volume as ShownVolume } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createVolume } from '../../../src/operations/ec2/create-volume.ts';
import { describeVolumes } from '../../../src/operations/ec2/describe-volumes.ts';
import { disableEbsEncryptionByDefault } from '../../../src/operations/ec2/disable-ebs-encryption-by-default.ts';
import { enableEbsEncryptionByDefault } from '../../../src/operations/ec2/enable-ebs-encryption-by-default.ts';
import { getEbsDefaultKmsKeyId } from '../../../src/operations/ec2/get-ebs-default-kms-key-id.ts';
import { getEbsEncryptionByDefault } from '../../../src/operations/ec2/get-ebs-encryption-by-default.ts';
import { modifyEbsDefaultKmsKeyId } from '../../../src/operations/ec2/modify-ebs-default-kms-key-id.ts';
import { resetEbsDefaultKmsKeyId } from '../../../src/operations/ec2/reset-ebs-default-kms-key-id.ts';
import { createAlias } from '../../../src/operations/kms/create-alias.ts';
import { createKey } from '../../../src/operations/kms/create-key.ts';
import { describeKey } from '../../../src/operations/kms/describe-key.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { imageId, launch, putImage, snapshot, snapshotId } from './launch-fixtures.ts';

let region: TestRegion;
let key: { KeyId: string; Arn: string };
const aliasName = 'alias/images';

interface Metadata {
  KeyMetadata: { KeyId: string; Arn: string };
}

beforeEach(async () => {
  region = testRegion();
  key = (await region.call<Metadata>(createKey, {})).KeyMetadata;
  await region.call(createAlias, { AliasName: aliasName, TargetKeyId: key.KeyId });
});

const managed = async (account?: string) =>
  (await region.call<Metadata>(describeKey, { KeyId: 'alias/aws/ebs' }, account)).KeyMetadata.Arn;
const create = async (input: object = {}) => {
  const { Encrypted, KmsKeyId, VolumeId } = await region.call<ShownVolume>(createVolume, {
    AvailabilityZone: 'us-east-1a',
    ...('SnapshotId' in input ? {} : { Size: 1 }),
    ...input,
  });
  const { Volumes } = await region.call<{ Volumes: ShownVolume[] }>(describeVolumes, {
    VolumeIds: [VolumeId],
  });
  expect(Volumes[0]).toMatchObject({ Encrypted, ...(KmsKeyId && { KmsKeyId }) });
  return { Encrypted, KmsKeyId };
};
const putSnapshot = (changes: object) =>
  region.records.transaction(records => records.snapshots.put(snapshot(changes)));

describe('an encrypted volume', () => {
  test('has the key that was asked for, in whatever form, shown as its ARN', async () => {
    const encrypted = { Encrypted: true, KmsKeyId: key.Arn };
    const aliasArn = `arn:aws:kms:us-east-1:${owner}:${aliasName}`;
    for (const KmsKeyId of [key.KeyId, key.Arn, aliasName, aliasArn])
      expect(await create({ Encrypted: true, KmsKeyId })).toEqual(encrypted);
    expect(await create({ Encrypted: true, KmsKeyId: 'alias/aws/ebs' })).toEqual({
      Encrypted: true,
      KmsKeyId: await managed(),
    });
  });

  test('has the managed key where none was asked for', async () => {
    const answer = await create({ Encrypted: true });
    expect(answer).toEqual({ Encrypted: true, KmsKeyId: await managed() });
  });

  test('made from a snapshot keeps its key, unless it is another account’s or another was asked for', async () => {
    const theirs = await managed(stranger);
    await putSnapshot({ encrypted: true, kmsKeyId: key.Arn });
    expect(await create({ SnapshotId: snapshotId })).toEqual({ Encrypted: true, KmsKeyId: key.Arn });
    const other = (await region.call<Metadata>(createKey, {})).KeyMetadata;
    expect(await create({ SnapshotId: snapshotId, Encrypted: true, KmsKeyId: other.Arn })).toEqual({
      Encrypted: true,
      KmsKeyId: other.Arn,
    });
    const foreign = { ownerId: stranger, createVolumePermissions: [owner] };
    await putSnapshot({ encrypted: true, kmsKeyId: theirs, ...foreign });
    expect(await create({ SnapshotId: snapshotId })).toEqual({ Encrypted: true, KmsKeyId: await managed() });
    const sources = (await region.records.read.volumes.list()).map(volume => volume.sourceKmsKeyId);
    expect(sources.filter(Boolean).sort()).toEqual([key.Arn, theirs].sort());
  });

  test('with a key that is not there is told later, with the ARN it would have', async () => {
    expect(await create({ Encrypted: true, KmsKeyId: 'nobody' })).toEqual({
      Encrypted: true,
      KmsKeyId: `arn:aws:kms:us-east-1:${owner}:key/nobody`,
    });
    expect((await refusal(create({ Encrypted: true, KmsKeyId: 'x'.repeat(2049) })))[0]).toBe(
      'InvalidParameterValue',
    );
    expect((await refusal(create({ KmsKeyId: key.KeyId })))[0]).toBe('InvalidParameterDependency');
  });

  test('makes no managed key when it was only asked for dryly', async () => {
    expect((await refusal(create({ Encrypted: true, DryRun: true })))[0]).toBe('DryRunOperation');
    expect(await region.records.read.kmsKeys.list()).toHaveLength(1);
  });
});

describe('encryption by default', () => {
  const call = <T>(operation: Parameters<TestRegion['call']>[0], input = {}) =>
    region.call<T>(operation, input);

  test('is off until it is switched on, for one account', async () => {
    expect(await call(getEbsEncryptionByDefault)).toEqual({ EbsEncryptionByDefault: false });
    expect(await create()).toEqual({ Encrypted: false, KmsKeyId: undefined });
    expect((await refusal(call(enableEbsEncryptionByDefault, { DryRun: true })))[0]).toBe('DryRunOperation');
    expect(await call(enableEbsEncryptionByDefault)).toEqual({ EbsEncryptionByDefault: true });
    expect(await call(getEbsEncryptionByDefault)).toEqual({ EbsEncryptionByDefault: true });
    expect(await create({ Encrypted: false })).toEqual({ Encrypted: true, KmsKeyId: await managed() });
    await putSnapshot({});
    expect(await create({ SnapshotId: snapshotId })).toMatchObject({ Encrypted: true });
    expect(await region.call(getEbsEncryptionByDefault, {}, stranger)).toEqual({
      EbsEncryptionByDefault: false,
    });
    expect(await call(disableEbsEncryptionByDefault)).toEqual({ EbsEncryptionByDefault: false });
    expect(await create()).toMatchObject({ Encrypted: false });
  });

  test('uses the key that was settled, until that is reset', async () => {
    expect(await call(getEbsDefaultKmsKeyId)).toEqual({ KmsKeyId: 'alias/aws/ebs' });
    expect(await call(modifyEbsDefaultKmsKeyId, { KmsKeyId: aliasName })).toEqual({ KmsKeyId: key.Arn });
    expect(await call(getEbsDefaultKmsKeyId)).toEqual({ KmsKeyId: key.Arn });
    expect(await call(getEbsEncryptionByDefault)).toEqual({ EbsEncryptionByDefault: false });
    expect(await create({ Encrypted: true })).toMatchObject({ KmsKeyId: key.Arn });
    expect(await call(resetEbsDefaultKmsKeyId)).toEqual({ KmsKeyId: 'alias/aws/ebs' });
    expect(await create({ Encrypted: true })).toMatchObject({ KmsKeyId: await managed() });
    expect((await refusal(call(modifyEbsDefaultKmsKeyId)))[0]).toBe('MissingParameter');
  });
});

describe('RunInstances', () => {
  const volumesOf = async (mappings: object[]) => {
    const [instance] = await launch(region, { ImageId: imageId, BlockDeviceMappings: mappings });
    const volumes = await region.records.read.volumes.list({ instanceId: instance!.InstanceId! });
    return Object.fromEntries(
      volumes.map(({ attachment, encrypted, kmsKeyId }) => [attachment!.device, { encrypted, kmsKeyId }]),
    );
  };

  test('encrypts the devices that are to be, under the keys that were named', async () => {
    await putImage(region);
    expect(
      await volumesOf([
        { DeviceName: '/dev/sda1', Ebs: { Encrypted: true, KmsKeyId: aliasName } },
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1, Encrypted: true } },
        { DeviceName: '/dev/sdg', Ebs: { VolumeSize: 1 } },
      ]),
    ).toEqual({
      '/dev/sda1': { encrypted: true, kmsKeyId: key.Arn },
      '/dev/sdf': { encrypted: true, kmsKeyId: await managed() },
      '/dev/sdg': { encrypted: false, kmsKeyId: undefined },
    });
  });

  test('keeps the key of an encrypted image, and of another account’s uses its own', async () => {
    await putImage(region);
    await putSnapshot({ encrypted: true, kmsKeyId: key.Arn });
    expect((await volumesOf([]))['/dev/sda1']).toEqual({ encrypted: true, kmsKeyId: key.Arn });
    await putSnapshot({ encrypted: true, kmsKeyId: await managed(stranger), ownerId: stranger });
    expect((await volumesOf([]))['/dev/sda1']).toEqual({ encrypted: true, kmsKeyId: await managed() });
  });

  test('encrypts all that is plain where the account does by default', async () => {
    await putImage(region);
    await region.call(enableEbsEncryptionByDefault, {});
    expect((await volumesOf([]))['/dev/sda1']).toEqual({ encrypted: true, kmsKeyId: await managed() });
  });
});
