import { createHash } from 'node:crypto';
import { validationException } from '../../domain/ebs-errors.ts';
import { keyDomainOf } from '../../domain/key-domain.ts';
import { checkPut } from '../../domain/put-snapshot-block.ts';
import { uploadExpiry } from '../../domain/snapshot-upload.ts';
import type { Context } from '../context.ts';
import { operation } from './operation.ts';
import { checkUploading, ownUploadedSnapshot, type UploadingSnapshot } from './upload.ts';
import { checkKey } from './usable-key.ts';

/**
 * https://docs.aws.amazon.com/ebs/latest/APIReference/API_PutSnapshotBlock.html
 * The last writer of an index wins. The block is durable when the caller hears of it; calls at the same time share a flush.
 */
export const putSnapshotBlock = operation('PutSnapshotBlock', async (input, context) => {
  const found = await ownUploadedSnapshot(context.records.read, context.caller.accountId, input.SnapshotId);
  const snapshot = checkUploading(found, context.now());
  await checkKey(context.records.read, snapshot.ownerId, snapshot.kmsKeyId);
  const bytes = input.BlockData;
  if (!(bytes instanceof Uint8Array)) throw validationException('INVALID_BLOCK', 'The block has no data.');
  const index = checkPut(input, bytes, snapshot.volumeSize);
  const checksum = createHash('sha256').update(bytes).digest('base64');
  if (input.Checksum !== checksum)
    throw validationException('INVALID_BLOCK', `The checksum of block ${index} does not match its data.`);

  const session = await context.blocks.openSession(snapshot.upload.sessionId, keyDomainOf(snapshot));
  await session.put(index, bytes);
  await session.flush();
  await prolong(context, snapshot, input.Progress ?? snapshot.progress);
  return { Checksum: checksum, ChecksumAlgorithm: 'SHA256' };
});

/** Moves the timeout on; to the minute, so that not every block costs a write of the record. */
async function prolong(context: Context, snapshot: UploadingSnapshot, progress: number): Promise<void> {
  const next = uploadExpiry(context.now(), snapshot.upload.timeout);
  if (Date.parse(next) - Date.parse(snapshot.upload.expiresAt) < 60_000) return;
  await context.records.transaction(async records => {
    const current = await records.snapshots.get(snapshot.snapshotId);
    if (current?.state === 'pending' && current.upload)
      await records.snapshots.put({ ...current, progress, upload: { ...current.upload, expiresAt: next } });
  });
}
