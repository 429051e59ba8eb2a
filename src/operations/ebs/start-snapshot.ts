import { createHash } from 'node:crypto';
import type { StartSnapshotResponse } from '@aws-sdk/client-ebs';
import { clientTokenConflict, validationException } from '../../domain/ebs-errors.ts';
import { blockSize } from '../../domain/manifest.ts';
import { noVolumeId, type Snapshot } from '../../domain/snapshot.ts';
import { snapshotAt, uploadExpiry } from '../../domain/snapshot-upload.ts';
import { checkParent, parseStart, type Start } from '../../domain/start-snapshot.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { type Encryption, ebsEncryption, settleEncryption } from '../encryption.ts';
import { loadTags, writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { ownUploadedSnapshot } from './upload.ts';
import { checkKey } from './usable-key.ts';

/**
 * https://docs.aws.amazon.com/ebs/latest/APIReference/API_StartSnapshot.html
 * The same client token with the same request answers the same snapshot.
 */
export const startSnapshot = operation('StartSnapshot', async (input, context) => {
  const { accountId } = context.caller;
  const start = parseStart(input);
  const token = input.ClientToken || undefined;
  if (token && token.length > 255)
    throw validationException('INVALID_PARAMETER_VALUE', 'ClientToken must have at most 255 characters.');

  const snapshot = await context.records.transaction(async records => {
    if (!token) return begin(records, context, start);
    const id = `${accountId}/StartSnapshot/${token}`;
    const inputDigest = digestOf(start);
    const earlier = await records.clientTokens.get(id);
    if (earlier) {
      if (earlier.inputDigest !== inputDigest) throw clientTokenConflict();
      return ownUploadedSnapshot(records, accountId, earlier.resourceId);
    }
    const begun = await begin(records, context, start, token);
    await records.clientTokens.put({
      id,
      accountId,
      inputDigest,
      resourceId: begun.snapshotId,
      createTime: begun.startTime,
    });
    return begun;
  });
  const tagsOf = await loadTags(context.records.read, accountId, [snapshot.snapshotId]);
  return present(snapshotAt(snapshot, context.now()), tagsOf(snapshot.snapshotId));
});

async function begin(
  records: RegionWriter,
  context: Context,
  start: Start,
  clientToken?: string,
): Promise<Snapshot> {
  const { accountId } = context.caller;
  const parent = start.parentSnapshotId
    ? await ownUploadedSnapshot(records, accountId, start.parentSnapshotId)
    : undefined;
  if (parent) checkParent(start, parent);
  const encryption = await encryptionOf(records, context, start, parent);
  const snapshotId = context.newId('snap');
  const now = context.now();
  const snapshot: Snapshot = {
    snapshotId,
    ownerId: accountId,
    volumeId: noVolumeId,
    volumeSize: start.volumeSize,
    state: 'pending',
    startTime: now.toISOString(),
    progress: 0,
    description: start.description,
    ...encryption,
    ...(parent && { parentSnapshotId: parent.snapshotId }),
    productCodes: parent?.productCodes ?? [],
    createVolumePermissions: [],
    upload: {
      sessionId: snapshotId,
      ...(clientToken && { clientToken }),
      expiresAt: uploadExpiry(now, start.timeout),
      timeout: start.timeout,
    },
  };
  await records.snapshots.put(snapshot);
  await writeTags(records, accountId, { id: snapshotId, type: 'snapshot' }, start.tags);
  return snapshot;
}

/** https://docs.aws.amazon.com/ebs/latest/userguide/ebsapis-using-encryption.html */
async function encryptionOf(
  records: RegionWriter,
  context: Context,
  { encrypted, kmsKeyArn }: Start,
  parent: Snapshot | undefined,
): Promise<Encryption> {
  const { accountId } = context.caller;
  if (parent && !parent.encrypted && (await ebsEncryption(records, accountId)).byDefault)
    throw validationException(
      'INVALID_PARAMETER_VALUE',
      `The parent snapshot '${parent.snapshotId}' is not encrypted, and the account encrypts by default: encrypt it by copying it.`,
    );
  const request = { Encrypted: encrypted, KmsKeyId: kmsKeyArn };
  const encryption = await settleEncryption(records, context, request, parent);
  await checkKey(records, accountId, encryption.kmsKeyId);
  return encryption;
}

function digestOf(start: Start): string {
  const tags = Object.entries(start.tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify({ ...start, tags }))
    .digest('hex');
}

function present(snapshot: Snapshot, tags: Readonly<Record<string, string>>): StartSnapshotResponse {
  return {
    SnapshotId: snapshot.snapshotId,
    OwnerId: snapshot.ownerId,
    Status: snapshot.state,
    StartTime: new Date(snapshot.startTime),
    VolumeSize: snapshot.volumeSize,
    BlockSize: blockSize,
    Description: snapshot.description || undefined,
    ParentSnapshotId: snapshot.parentSnapshotId,
    KmsKeyArn: snapshot.kmsKeyId,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}
