import { blockSize } from '../../domain/manifest.ts';
import { operation } from './operation.ts';
import { blockTokens, manifestOf, pageOfBlocks, readableSnapshot } from './read.ts';

/**
 * https://docs.aws.amazon.com/ebs/latest/APIReference/API_ListSnapshotBlocks.html
 * Blocks that were never written, or hold only zeroes, are not listed.
 */
export const listSnapshotBlocks = operation('ListSnapshotBlocks', async (input, context) => {
  const snapshot = await readableSnapshot(context, input.SnapshotId);
  const manifest = await manifestOf(context, snapshot);
  const purpose = ['ListSnapshotBlocks', snapshot.snapshotId];
  const { page, NextToken } = pageOfBlocks(context, purpose, input, manifest.blocks.keys());
  const { ExpiryTime, tokenOf } = blockTokens(context);
  return {
    Blocks: page.map(BlockIndex => ({ BlockIndex, BlockToken: tokenOf(manifest, BlockIndex) })),
    ExpiryTime,
    VolumeSize: snapshot.volumeSize,
    BlockSize: blockSize,
    NextToken,
  };
});
