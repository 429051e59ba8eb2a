import { createHash } from 'node:crypto';
import type { CompleteSnapshotRequest } from '@aws-sdk/client-ebs';
import { noSuchSnapshot, validationException } from '../../domain/ebs-errors.ts';
import { keyDomainOf } from '../../domain/key-domain.ts';
import { blockSize, type ManifestSummary } from '../../domain/manifest.ts';
import { noVolumeId } from '../../domain/snapshot.ts';
import { GiB } from '../../domain/volume.ts';
import { inspectSnapshot } from '../../jobs/inspect-snapshot.ts';
import { putCompleted } from '../../jobs/put-completed.ts';
import { manifestSummary, type StagedEntry } from '../../stores/blocks/block-store.ts';
import type { Context } from '../context.ts';
import { operation } from './operation.ts';
import { checkUploading, ownUploadedSnapshot, type UploadingSnapshot } from './upload.ts';
import { checkKey } from './usable-key.ts';

/**
 * https://docs.aws.amazon.com/ebs/latest/APIReference/API_CompleteSnapshot.html
 * Blocks and manifest are durable before the record says completed. The call may be repeated, also after a crash.
 */
export const completeSnapshot = operation('CompleteSnapshot', async (input, context) => {
  const { accountId } = context.caller;
  const found = await ownUploadedSnapshot(context.records.read, accountId, input.SnapshotId);
  if (found.state === 'completed' && found.volumeId === noVolumeId) return { Status: 'completed' };
  const snapshot = checkUploading(found, context.now());
  await checkKey(context.records.read, snapshot.ownerId, snapshot.kmsKeyId);
  checkAggregate(input);

  const manifest = await seal(context, snapshot, input);
  const disk = await inspectSnapshot(context.blocks, snapshot.snapshotId);
  const recorded = await context.records.transaction(async records => {
    const current = await records.snapshots.get(snapshot.snapshotId);
    if (!current) return false;
    const { upload: _, ...rest } = current;
    await putCompleted(records, rest, { manifest, disk, time: context.now() });
    return true;
  });
  if (!recorded) {
    // Deleted while its manifest was written: nobody else would find the manifest again.
    await context.blocks.deleteManifest(snapshot.snapshotId);
    throw noSuchSnapshot(snapshot.snapshotId);
  }
  return { Status: 'completed' };
});

/** Checks what was put and writes the manifest; one that is there already was checked by a call that was cut off. */
async function seal(
  context: Context,
  snapshot: UploadingSnapshot,
  input: CompleteSnapshotRequest,
): Promise<ManifestSummary> {
  const written = await manifestSummary(context.blocks, snapshot.snapshotId);
  if (written) return written;
  const session = await context.blocks.openSession(snapshot.upload.sessionId, keyDomainOf(snapshot));
  const { size } = await session.staged();
  if (input.ChangedBlocksCount !== size)
    throw validationException(
      'INVALID_PARAMETER_VALUE',
      `ChangedBlocksCount is ${input.ChangedBlocksCount}, but ${size} blocks were written to the snapshot.`,
    );
  if (input.Checksum && input.Checksum !== (await linearChecksum(session.stagedEntries())))
    throw validationException(
      'INVALID_PARAMETER_VALUE',
      'The checksum does not match the blocks written to the snapshot.',
    );
  return session.commit({
    snapshotId: snapshot.snapshotId,
    volumeSize: snapshot.volumeSize * GiB,
    ...(snapshot.parentSnapshotId && { base: snapshot.parentSnapshotId }),
  });
}

function checkAggregate(input: CompleteSnapshotRequest): void {
  if (!input.Checksum) return;
  if (input.ChecksumAlgorithm !== 'SHA256')
    throw validationException('INVALID_PARAMETER_VALUE', 'ChecksumAlgorithm must be SHA256.');
  if (input.ChecksumAggregationMethod !== 'LINEAR')
    throw validationException('INVALID_PARAMETER_VALUE', 'ChecksumAggregationMethod must be LINEAR.');
}

/** What is staged tells of a block of zeroes is only that it is one. */
const zeroDigest = createHash('sha256').update(Buffer.alloc(blockSize)).digest();

/** LINEAR: base64 of the SHA-256 over the raw digests of all written blocks, in order of their index. */
async function linearChecksum(staged: AsyncIterable<StagedEntry[]>): Promise<string> {
  const hash = createHash('sha256');
  for await (const batch of staged)
    for (const [, block] of batch) hash.update(block ? Buffer.from(block.digest, 'hex') : zeroDigest);
  return hash.digest('base64');
}
