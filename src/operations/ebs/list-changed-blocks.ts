import { changedIndexes } from '../../domain/block-list.ts';
import { unrelatedSnapshots } from '../../domain/ebs-errors.ts';
import { blockSize } from '../../domain/manifest.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { areRelated } from '../../domain/snapshot-lineage.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { operation } from './operation.ts';
import { blockTokens, manifestOf, pageOfBlocks, readableSnapshot } from './read.ts';

/**
 * https://docs.aws.amazon.com/ebs/latest/APIReference/API_ListChangedBlocks.html
 * A side without a token has no such block: there it reads as zeroes. Without a first snapshot every block has changed.
 */
export const listChangedBlocks = operation('ListChangedBlocks', async (input, context) => {
  const second = await readableSnapshot(context, input.SecondSnapshotId);
  const first = input.FirstSnapshotId ? await readableSnapshot(context, input.FirstSnapshotId) : undefined;
  if (first) await checkRelated(context.records.read, first, second);
  const before = first && (await manifestOf(context, first));
  const after = await manifestOf(context, second);
  const purpose = ['ListChangedBlocks', first?.snapshotId ?? '-', second.snapshotId];
  const { page, NextToken } = pageOfBlocks(context, purpose, input, changedIndexes(before, after));
  const { ExpiryTime, tokenOf } = blockTokens(context);
  return {
    ChangedBlocks: page.map(BlockIndex => ({
      BlockIndex,
      FirstBlockToken: before && tokenOf(before, BlockIndex),
      SecondBlockToken: tokenOf(after, BlockIndex),
    })),
    ExpiryTime,
    VolumeSize: second.volumeSize,
    BlockSize: blockSize,
    NextToken,
  };
});

/** @throws ValidationException (UNRELATED_SNAPSHOTS) */
async function checkRelated(records: RegionReader, first: Snapshot, second: Snapshot): Promise<void> {
  // Of one volume, or one above the other: the usual cases, without a walk to the first ancestor.
  if (areRelated([first], [second])) return;
  if (areRelated(await lineOf(records, first), await lineOf(records, second))) return;
  throw unrelatedSnapshots(first.snapshotId, second.snapshotId);
}

/** The snapshot, its parent, and so on as far as they are there. */
async function lineOf(records: RegionReader, snapshot: Snapshot): Promise<Snapshot[]> {
  const line = [snapshot];
  for (let parent = snapshot.parentSnapshotId; parent; ) {
    const found = await records.snapshots.get(parent);
    if (!found) break;
    line.push(found);
    parent = found.parentSnapshotId;
  }
  return line;
}
