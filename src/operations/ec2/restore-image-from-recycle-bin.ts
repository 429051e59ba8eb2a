import { ApiError } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { Image } from '../../domain/image.ts';
import { imageNotFound } from '../../domain/image-errors.ts';
import { snapshotNotFound } from '../../domain/snapshot-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { claimName } from './image-name-claim.ts';
import { operation } from './operation.ts';
import { untagRestored } from './recycle-bin.ts';
import { required } from './request.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreImageFromRecycleBin.html
 * Its name may have been taken meanwhile (spec H4); whom it was shared with is asked for anew.
 */
export const restoreImageFromRecycleBin = operation('RestoreImageFromRecycleBin', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const id = checkId('ami', required(input.ImageId, 'ImageId'));
  await context.records.transaction(async records => {
    const binned = await records.binnedImages.get(id);
    if (binned?.ownerId !== ownerId) throw imageNotFound([id]);
    await checkSnapshots(records, binned.image);
    await claimName(records, ownerId, binned.image.name);
    await records.binnedImages.delete(id);
    await records.images.put({ ...binned.image, launchPermissions: [] });
    await untagRestored(records, { id, type: 'image', ownerId });
  });
  return { Return: true };
});

/** @throws IncorrectState for one that is in the bin too, InvalidSnapshot.NotFound for one that is no more */
async function checkSnapshots(records: RegionReader, { imageId, blockDeviceMappings }: Image): Promise<void> {
  for (const { ebs } of blockDeviceMappings) {
    if (ebs?.snapshotId === undefined || (await records.snapshots.get(ebs.snapshotId))) continue;
    if (await records.binnedSnapshots.get(ebs.snapshotId))
      throw new ApiError(
        'IncorrectState',
        `The snapshot '${ebs.snapshotId}' of the image '${imageId}' is in the Recycle Bin: restore it first.`,
      );
    throw snapshotNotFound(ebs.snapshotId);
  }
}
