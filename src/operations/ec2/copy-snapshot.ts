import { pendingCopy } from '../../domain/copy-snapshot.ts';
import {
  checkCompletionDuration,
  checkSnapshotCopy,
  checkSourceRegion,
  checkStaysEncrypted,
} from '../../domain/copy-source.ts';
import { invalidParameterValue, unsupportedOperation } from '../../domain/errors.ts';
import { snapshotNotCompleted } from '../../domain/snapshot-errors.ts';
import { settleTags } from '../../domain/tags.ts';
import { settleEncryption } from '../encryption.ts';
import { writeTags } from '../tagging.ts';
import { findSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';
import { required } from './request.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html
 * The copy is the caller's own. It shares its source's blocks, or has them under another key (spec C.12). PresignedUrl and DestinationRegion, which older clients
 * send, say nothing the request itself does not.
 */
export const copySnapshot = operation('CopySnapshot', async (input, context) => {
  const { accountId } = context.caller;
  checkSourceRegion(required(input.SourceRegion, 'SourceRegion'), context.region.name, context.region.all);
  const description = input.Description ?? '';
  if (description.length > 255)
    throw invalidParameterValue('Snapshot descriptions must be less than 256 characters long');
  const tags = settleTags(input.TagSpecifications, ['snapshot']).snapshot;
  checkCompletionDuration(input.CompletionDurationMinutes, 'CompletionDurationMinutes');
  if (input.DestinationOutpostArn || input.DestinationAvailabilityZone)
    throw unsupportedOperation(
      'Snapshots are kept in the region: leave DestinationOutpostArn and DestinationAvailabilityZone out.',
    );

  const snapshotId = await context.records.transaction(async records => {
    const source = await findSnapshot(records, accountId, input.SourceSnapshotId, 'SourceSnapshotId');
    if (source.state !== 'completed') throw snapshotNotCompleted(source.snapshotId);
    checkSnapshotCopy(source, accountId);
    checkStaysEncrypted(input, [source]);
    const copy = pendingCopy(source, {
      snapshotId: context.newId('snap'),
      ownerId: accountId,
      startTime: context.now().toISOString(),
      description,
      completionDuration: input.CompletionDurationMinutes,
      ...(await settleEncryption(records, context, input, source)),
    });
    await records.snapshots.put(copy);
    await writeTags(records, accountId, { id: copy.snapshotId, type: 'snapshot' }, tags);
    await context.jobs.enqueue(records, 'copy-snapshot', copy.snapshotId, {
      snapshotId: copy.snapshotId,
      sourceSnapshotId: source.snapshotId,
      ...(source.kmsKeyId && { sourceKmsKeyId: source.kmsKeyId }),
    });
    return copy.snapshotId;
  });
  context.jobs.wake();
  return { SnapshotId: snapshotId, Tags: presentTags(tags ?? {}) };
});
