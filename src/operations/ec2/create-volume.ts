import type { CreateVolumeRequest } from '@aws-sdk/client-ec2';
import { checkKeyRequest } from '../../domain/encryption.ts';
import {
  fail,
  invalidParameterCombination,
  invalidParameterValue,
  missingParameter,
  unsupportedOperation,
} from '../../domain/errors.ts';
import { subscriptionRequired } from '../../domain/instance-errors.ts';
import { zoneId } from '../../domain/network-zones.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotNotCompleted, snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import { settleTags } from '../../domain/tags.ts';
import { type Volume, volumeKeys } from '../../domain/volume.ts';
import { volumeNotFound, zoneNotFound } from '../../domain/volume-errors.ts';
import { parseVolumeType, settleVolumeShape } from '../../domain/volume-limits.ts';
import { withShape } from '../../domain/volume-modification.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { settleEncryption } from '../encryption.ts';
import { remember, replayed } from '../idempotency.ts';
import { loadTags, writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentVolume } from './present/volume.ts';
import { optionalId } from './request.ts';

const action = 'CreateVolume';

/**
 * The volume is `creating`; a job makes its overlay, and no bytes are copied: those of its snapshot arrive when read.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
 */
export const createVolume = operation('CreateVolume', async (input, context) => {
  const { accountId } = context.caller;
  const availabilityZone = zoneOf(input, context.region.zones);
  const snapshotId = optionalId('snap', input.SnapshotId);
  const tags = settleTags(input.TagSpecifications, ['volume']).volume;
  checkServed(input);

  const created = await context.records.transaction(async records => {
    const before = await replayed(records, context, action, input);
    if (before !== undefined) {
      const volume = (await records.volumes.get(before)) ?? fail(volumeNotFound(before));
      return presentVolume(volume, (await loadTags(records, accountId, [before]))(before));
    }
    const snapshot = snapshotId ? await usableSnapshot(records, context, snapshotId) : undefined;
    const volume = newVolume(input, snapshot, {
      volumeId: context.newId('vol'),
      ownerId: accountId,
      availabilityZone,
      createTime: context.now().toISOString(),
      ...volumeKeys(await settleEncryption(records, context, input, snapshot), snapshot),
    });
    const { volumeId } = volume;
    await records.volumes.put(volume);
    await writeTags(records, accountId, { id: volumeId, type: 'volume' }, tags);
    await remember(records, context, action, input, volumeId);
    await context.jobs.enqueue(records, 'create-volume', volumeId, { volumeId });
    return presentVolume(volume, tags ?? {});
  });
  context.jobs.wake();
  return created;
});

function zoneOf(input: CreateVolumeRequest, zones: readonly string[]): string {
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input;
  if (name && id)
    throw invalidParameterCombination(
      'The parameter AvailabilityZone cannot be used with the parameter AvailabilityZoneId',
    );
  if (!name && !id) throw missingParameter('AvailabilityZone');
  return zones.find(zone => (name ? zone === name : zoneId(zone) === id)) ?? fail(zoneNotFound(name || id!));
}

/** Refuses by name what would change the volume and is not served. */
function checkServed(input: CreateVolumeRequest): void {
  checkKeyRequest(input);
  if (input.MultiAttachEnabled)
    throw unsupportedOperation(
      'A volume can be attached to one instance only: leave MultiAttachEnabled out.',
    );
  if (input.OutpostArn) throw unsupportedOperation('Volumes are kept in the region: leave OutpostArn out.');
}

/** @throws InvalidSnapshot.NotFound, IncorrectState, OptInRequired */
async function usableSnapshot(records: RegionReader, context: Context, id: string): Promise<Snapshot> {
  const { accountId } = context.caller;
  const snapshot = await records.snapshots.get(id);
  if (!snapshot || !canSeeSnapshot(snapshot, accountId)) throw snapshotNotFound(id);
  if (snapshot.state !== 'completed') throw snapshotNotCompleted(id);
  const [productCode] = snapshot.productCodes;
  if (productCode !== undefined && snapshot.ownerId !== accountId)
    throw subscriptionRequired(productCode, context.region.endpoint);
  return snapshot;
}

function newVolume(
  input: CreateVolumeRequest,
  snapshot: Snapshot | undefined,
  own: Pick<
    Volume,
    'volumeId' | 'ownerId' | 'availabilityZone' | 'createTime' | 'encrypted' | 'kmsKeyId' | 'sourceKmsKeyId'
  >,
): Volume {
  const volumeSize = input.Size ?? snapshot?.volumeSize ?? fail(missingParameter('size/snapshot'));
  if (snapshot && volumeSize < snapshot.volumeSize)
    throw invalidParameterValue(
      `Volume of size ${volumeSize}GB is smaller than snapshot '${snapshot.snapshotId}', expect size >= ${snapshot.volumeSize}GB`,
    );
  if (input.Encrypted === false && snapshot?.encrypted)
    throw invalidParameterValue(
      `Encrypted cannot be set to false: snapshot '${snapshot.snapshotId}' is encrypted, and is never decrypted.`,
    );
  const shape = settleVolumeShape({
    volumeSize,
    volumeType: input.VolumeType ? parseVolumeType(input.VolumeType) : 'gp2',
    iops: input.Iops,
    throughput: input.Throughput,
  });
  const volume: Volume = {
    ...own,
    size: volumeSize,
    volumeType: shape.volumeType,
    ...(snapshot && { snapshotId: snapshot.snapshotId }),
    state: 'creating',
    productCodes: [...(snapshot?.productCodes ?? [])],
  };
  return withShape(volume, shape);
}
