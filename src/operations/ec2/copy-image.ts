import type { CopyImageRequest } from '@aws-sdk/client-ec2';
import { pendingImageCopy, type SnapshotOfCopy, tagsToCopy } from '../../domain/copy-image.ts';
import { descriptionOfImageCopy, pendingCopy } from '../../domain/copy-snapshot.ts';
import {
  checkCompletionDuration,
  checkImageCopy,
  checkSourceRegion,
  checkStaysEncrypted,
} from '../../domain/copy-source.ts';
import { ApiError, invalidParameterCombination, unsupportedOperation } from '../../domain/errors.ts';
import type { Image } from '../../domain/image.ts';
import { checkImageDescription } from '../../domain/image-name.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { mergeTags, settleTags, type Tags } from '../../domain/tags.ts';
import type { RegionReader, RegionWriter } from '../../stores/records/database.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import type { Context } from '../context.ts';
import { settleEncryption } from '../encryption.ts';
import { remember, replayed } from '../idempotency.ts';
import { loadTags, writeTags } from '../tagging.ts';
import { allowedImages, checkAllowed } from './allowed-images.ts';
import { findImage } from './find-image.ts';
import { claimName, imageLocation, requiredName } from './image-name-claim.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';

const action = 'CopyImage';
/** Copies of images under way in a region, of one account. */
const mostCopies = 100;
const longestToken = 128;

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
 * The copy and its snapshots are the caller's own, pending until a job has given each its blocks.
 */
export const copyImage = operation('CopyImage', async (input, context) => {
  const { accountId } = context.caller;
  const name = requiredName(input.Name);
  const description = checkImageDescription(input.Description ?? '') || undefined;
  const sourceImageId = required(input.SourceImageId, 'SourceImageId');
  checkSourceRegion(required(input.SourceRegion, 'SourceRegion'), context.region.name, context.region.all);
  const tags = settleTags(input.TagSpecifications, ['image', 'snapshot']);
  checkServed(input);
  const location = await imageLocation(context, name);
  const aliased = await aliasedAccounts(context);

  const copied = await context.records.transaction(async records => {
    const before = await replayed(records, context, action, input, longestToken);
    if (before !== undefined) return before;
    const source = await findImage(records, context.caller, sourceImageId);
    checkAllowed(await allowedImages(records, context, aliased), source);
    const snapshots = await snapshotsOf(records, source);
    checkImageCopy(source, snapshots, accountId);
    checkStaysEncrypted(input, snapshots);
    await checkCopiesUnderWay(records, accountId);
    await claimName(records, accountId, name);

    const imageId = context.newId('ami');
    const copies = await copySnapshots(records, context, {
      imageId,
      source,
      snapshots,
      input,
      tags: tags.snapshot,
    });
    await records.images.put(
      pendingImageCopy(
        source,
        {
          ...{ imageId, ownerId: accountId, name, description, imageLocation: location },
          creationDate: context.now().toISOString(),
          sourceRegion: context.region.name,
        },
        copies,
      ),
    );
    const own = input.CopyImageTags
      ? tagsToCopy((await loadTags(records, accountId, [source.imageId]))(source.imageId))
      : {};
    await writeTags(records, accountId, { id: imageId, type: 'image' }, mergeTags(own, tags.image ?? {}));
    await remember(records, context, action, input, imageId);
    return imageId;
  });
  context.jobs.wake();
  return { ImageId: copied };
});

/** Refuses by name what would put the copy elsewhere. */
function checkServed(input: CopyImageRequest): void {
  const { DestinationOutpostArn, DestinationAvailabilityZone, DestinationAvailabilityZoneId } = input;
  const places = [DestinationOutpostArn, DestinationAvailabilityZone, DestinationAvailabilityZoneId].filter(
    Boolean,
  );
  if (places.length > 1)
    throw invalidParameterCombination(
      'Only one of DestinationOutpostArn, DestinationAvailabilityZone and DestinationAvailabilityZoneId can be specified.',
    );
  if (places.length > 0)
    throw unsupportedOperation(
      'Images are kept in the region: leave DestinationOutpostArn, DestinationAvailabilityZone and DestinationAvailabilityZoneId out.',
    );
  checkCompletionDuration(
    input.SnapshotCopyCompletionDurationMinutes,
    'SnapshotCopyCompletionDurationMinutes',
  );
}

/** Those of its snapshots that exist: of an image that is not available some may not. */
async function snapshotsOf(records: RegionReader, source: Image): Promise<Snapshot[]> {
  const ids = source.blockDeviceMappings.flatMap(mapping => mapping.ebs?.snapshotId ?? []);
  return records.snapshots.getMany([...new Set(ids)]);
}

async function checkCopiesUnderWay(records: RegionReader, ownerId: string): Promise<void> {
  const pending = await records.images.list({ ownerId, state: 'pending' });
  if (pending.filter(image => image.sourceImageId && !image.sourceInstanceId).length >= mostCopies)
    throw new ApiError(
      'ResourceLimitExceeded',
      `You have reached the limit of ${mostCopies} image copies at the same time in this region.`,
    );
}

/** Writes a pending copy of each snapshot and the job that gives it its blocks. @returns the copies by the ids of their sources. */
async function copySnapshots(
  records: RegionWriter,
  context: Context,
  copy: { imageId: string; source: Image; snapshots: Snapshot[]; input: CopyImageRequest; tags?: Tags },
): Promise<Map<string, SnapshotOfCopy>> {
  const { imageId, source, snapshots, input, tags } = copy;
  const { accountId } = context.caller;
  const now = context.now();
  const copies = new Map<string, SnapshotOfCopy>();
  for (const original of snapshots) {
    const encryption = await settleEncryption(records, context, input, original);
    const snapshotId = context.newId('snap');
    const sourceSnapshotId = original.snapshotId;
    const ids = { imageId, sourceImageId: source.imageId, sourceSnapshotId };
    await records.snapshots.put(
      pendingCopy(original, {
        ...{ snapshotId, ownerId: accountId, startTime: now.toISOString() },
        description: descriptionOfImageCopy(ids, now),
        completionDuration: input.SnapshotCopyCompletionDurationMinutes,
        ...encryption,
      }),
    );
    await writeTags(records, accountId, { id: snapshotId, type: 'snapshot' }, tags);
    await context.jobs.enqueue(records, 'copy-snapshot', snapshotId, {
      snapshotId,
      sourceSnapshotId,
      ...(original.kmsKeyId && { sourceKmsKeyId: original.kmsKeyId }),
      imageId,
    });
    copies.set(sourceSnapshotId, { snapshotId, encrypted: encryption.encrypted });
  }
  return copies;
}
