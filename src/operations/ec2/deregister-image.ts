import type { DeleteSnapshotReturnCode } from '@aws-sdk/client-ec2';
import { checkDeregistrable } from '../../domain/deregistration-protection.ts';
import type { Image } from '../../domain/image.ts';
import { isLocked } from '../../domain/snapshot-lock.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { forgetTags } from '../tagging.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';
import { binImage } from './recycle-bin.ts';
import { imageUsing, removeSnapshot } from './snapshot-removal.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html
 * The record stays, deregistered, so that a second call is told apart from one about an unknown image; where a rule is for
 * it, the image is in the Recycle Bin as well. Its snapshots may be deleted nevertheless, as on AWS.
 */
export const deregisterImage = operation('DeregisterImage', async (input, context) => {
  const results = await context.records.transaction(async records => {
    const image = await ownedImage(records, context.caller, input.ImageId);
    checkDeregistrable(image, context.now());
    await records.images.put({ ...image, state: 'deregistered', launchPermissions: [] });
    if (!(await binImage(records, context, image))) await forgetTags(records, image.imageId);
    return input.DeleteAssociatedSnapshots ? deleteSnapshots(records, context, image) : undefined;
  });
  context.jobs.wake();
  return { Return: true, ...(results && { DeleteSnapshotResults: results }) };
});

async function deleteSnapshots(
  records: RegionWriter,
  context: Context,
  image: Image,
): Promise<DeleteSnapshotReturnCode[]> {
  const ids = new Set(image.blockDeviceMappings.flatMap(mapping => mapping.ebs?.snapshotId ?? []));
  const results: DeleteSnapshotReturnCode[] = [];
  for (const SnapshotId of ids) {
    const snapshot = await records.snapshots.get(SnapshotId);
    if (!snapshot) results.push({ SnapshotId, ReturnCode: 'client-error' });
    else if (snapshot.ownerId !== image.ownerId)
      results.push({ SnapshotId, ReturnCode: 'missing-permissions' });
    else if (isLocked(snapshot, context.now())) results.push({ SnapshotId, ReturnCode: 'client-error' });
    else if (await imageUsing(records, snapshot)) results.push({ SnapshotId, ReturnCode: 'skipped' });
    else {
      await removeSnapshot(records, context, snapshot);
      results.push({ SnapshotId, ReturnCode: 'success' });
    }
  }
  return results;
}
