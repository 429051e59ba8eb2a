/** Which image a launch may use, and the devices it makes of it (spec C.9, C.10). */
import type { BlockDeviceMapping } from '../../domain/block-device-mapping.ts';
import { mergeBlockDeviceMappings } from '../../domain/block-device-merge.ts';
import { type BlockDeviceRequest, requestedSnapshotIds } from '../../domain/block-device-request.ts';
import { checkId } from '../../domain/ids.ts';
import type { Image } from '../../domain/image.ts';
import {
  imageNotFound,
  imagePending,
  imageUnavailable,
  notAuthorizedForImages,
} from '../../domain/image-errors.ts';
import { canLaunch } from '../../domain/image-visibility.ts';
import { subscriptionRequired } from '../../domain/instance-errors.ts';
import { mostVolumes } from '../../domain/instance-limits.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotNotCompleted, snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import { tooManyVolumes } from '../../domain/volume-errors.ts';
import type { RegionReader, RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { settleEncryption } from '../encryption.ts';
import { type AllowedImages, checkAllowed } from './allowed-images.ts';

/**
 * The image, if the caller may launch it now. A private image of another account is told from a missing one: AWS does.
 * @throws InvalidAMIID.NotFound, AuthFailure, InvalidAMIID.Unavailable, OptInRequired
 */
export async function launchableImage(
  records: RegionReader,
  context: Context,
  allowed: AllowedImages,
  imageId: string,
): Promise<Image> {
  const { accountId } = context.caller;
  const image = await records.images.get(imageId);
  if (!image) throw imageNotFound([imageId]);
  if (!canLaunch(image, context.caller)) throw notAuthorizedForImages([imageId]);
  if (image.state === 'pending') throw imagePending(imageId);
  if (image.state !== 'available') throw imageUnavailable(imageId);
  checkAllowed(allowed, image);
  const [productCode] = image.productCodes;
  if (productCode !== undefined && image.ownerId !== accountId)
    throw subscriptionRequired(productCode, context.region.endpoint);
  return image;
}

export interface LaunchDevices {
  mappings: BlockDeviceMapping[];
  snapshots: ReadonlyMap<string, Snapshot>;
}

/**
 * The image's devices with the request over them. Its own snapshots need no permission beyond the image's.
 * @throws InvalidSnapshot.NotFound, IncorrectState, AttachmentLimitExceeded, and what the merge throws
 */
export async function launchDevices(
  records: RegionWriter,
  context: Context,
  image: Image,
  requests: readonly BlockDeviceRequest[],
): Promise<LaunchDevices> {
  const asked = requestedSnapshotIds(requests).map(id => checkId('snap', id));
  const ofImage = image.blockDeviceMappings.flatMap(({ ebs }) => (ebs?.snapshotId ? [ebs.snapshotId] : []));
  const found = await records.snapshots.getMany([...new Set([...ofImage, ...asked])]);
  const snapshots = new Map(found.map(snapshot => [snapshot.snapshotId, snapshot]));
  for (const id of asked) {
    const snapshot = snapshots.get(id);
    if (!snapshot) throw snapshotNotFound(id);
    if (ofImage.includes(id)) continue;
    if (!canSeeSnapshot(snapshot, context.caller.accountId)) throw snapshotNotFound(id);
    if (snapshot.state !== 'completed') throw snapshotNotCompleted(id);
  }
  const merged = mergeBlockDeviceMappings(image, requests, snapshots);
  if (merged.filter(({ ebs }) => ebs).length > mostVolumes) throw tooManyVolumes(mostVolumes);
  const mappings: BlockDeviceMapping[] = [];
  for (const mapping of merged) mappings.push(await withKey(records, context, mapping, snapshots));
  return { mappings, snapshots };
}

async function withKey(
  records: RegionWriter,
  context: Context,
  { ebs, ...mapping }: BlockDeviceMapping,
  snapshots: ReadonlyMap<string, Snapshot>,
): Promise<BlockDeviceMapping> {
  if (!ebs) return mapping;
  const request = { Encrypted: ebs.encrypted, KmsKeyId: ebs.kmsKeyId };
  const source = snapshots.get(ebs.snapshotId ?? '');
  return { ...mapping, ebs: { ...ebs, ...(await settleEncryption(records, context, request, source)) } };
}
