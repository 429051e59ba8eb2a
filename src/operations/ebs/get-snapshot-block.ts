import type { GetSnapshotBlockCommandOutput } from '@aws-sdk/client-ebs';
import { blockTokenPurpose, readBlockToken } from '../../domain/block-token.ts';
import { invalidBlockToken } from '../../domain/ebs-errors.ts';
import { operation } from './operation.ts';
import { readableSnapshot } from './read.ts';

/**
 * https://docs.aws.amazon.com/ebs/latest/APIReference/API_GetSnapshotBlock.html
 * The token knows where the block is, so that a block costs no look at the snapshot's list of blocks.
 */
export const getSnapshotBlock = operation('GetSnapshotBlock', async (input, context) => {
  const { accountId } = context.caller;
  const { snapshotId } = await readableSnapshot(context, input.SnapshotId);
  const { BlockIndex = -1, BlockToken = '' } = input;
  const text = context.tokens.open(blockTokenPurpose(accountId, snapshotId, BlockIndex), BlockToken);
  const reference = text === undefined ? undefined : readBlockToken(text, context.now());
  if (!reference) throw invalidBlockToken(snapshotId, BlockIndex);
  const bytes = await context.blocks.read(reference);
  return {
    DataLength: bytes.length,
    // The model's type is that of a client's answer; the protocol sends bytes.
    BlockData: bytes as unknown as GetSnapshotBlockCommandOutput['BlockData'],
    // What was read was verified: the digest is that of these bytes.
    Checksum: Buffer.from(reference.digest, 'hex').toString('base64'),
    ChecksumAlgorithm: 'SHA256' as const,
  };
});
