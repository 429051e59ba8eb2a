import { blockSize } from '../../domain/manifest.ts';
import { operation } from './operation.ts';
import { blockTokens, pageOfBlocks, readableSnapshot, withManifest } from './read.ts';

/**
 * https://docs.aws.amazon.com/ebs/latest/APIReference/API_ListSnapshotBlocks.html
 * Blocks that were never written, or hold only zeroes, are not listed.
 */
export const listSnapshotBlocks = operation('ListSnapshotBlocks', async (input, context) => {
  const snapshot = await readableSnapshot(context, input.SnapshotId);
  const purpose = ['ListSnapshotBlocks', snapshot.snapshotId];
  const { page, NextToken } = await withManifest(context, snapshot, manifest =>
    pageOfBlocks(context, purpose, input, from => manifest.entries(from)),
  );
  const { ExpiryTime, tokenOf } = blockTokens(context);
  return {
    Blocks: page.map(([BlockIndex, block]) => ({
      BlockIndex,
      BlockToken: tokenOf(snapshot.snapshotId, BlockIndex, block),
    })),
    ExpiryTime,
    VolumeSize: snapshot.volumeSize,
    BlockSize: blockSize,
    NextToken,
  };
});
