import { type ChangedBlock, changedBlocks } from '../../domain/block-list.ts';
import { unrelatedSnapshots } from '../../domain/ebs-errors.ts';
import { blockSize, chunkOf } from '../../domain/manifest.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { areRelated } from '../../domain/snapshot-lineage.ts';
import type { Manifest } from '../../stores/blocks/block-store.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { operation } from './operation.ts';
import { blockTokens, pageOfBlocks, readableSnapshot, withManifest } from './read.ts';

/**
 * https://docs.aws.amazon.com/ebs/latest/APIReference/API_ListChangedBlocks.html
 * A side without a token has no such block: there it reads as zeroes. Without a first snapshot every block has changed.
 */
export const listChangedBlocks = operation('ListChangedBlocks', async (input, context) => {
  const second = await readableSnapshot(context, input.SecondSnapshotId);
  const first = input.FirstSnapshotId ? await readableSnapshot(context, input.FirstSnapshotId) : undefined;
  if (first) await checkRelated(context.records.read, first, second);
  const purpose = ['ListChangedBlocks', first?.snapshotId ?? '-', second.snapshotId];
  const pageSince = (before: Manifest | undefined) =>
    withManifest(context, second, after =>
      pageOfBlocks(context, purpose, input, from => changesBetween(before, after, from)),
    );
  const { page, NextToken } = await (first ? withManifest(context, first, pageSince) : pageSince(undefined));
  const { ExpiryTime, tokenOf } = blockTokens(context);
  return {
    ChangedBlocks: page.map(([BlockIndex, before, after]) => ({
      BlockIndex,
      FirstBlockToken: first && tokenOf(first.snapshotId, BlockIndex, before),
      SecondBlockToken: tokenOf(second.snapshotId, BlockIndex, after),
    })),
    ExpiryTime,
    VolumeSize: second.volumeSize,
    BlockSize: blockSize,
    NextToken,
  };
});

/** What changed from block index `from` on. Chunks that both have in common are not read. */
async function* changesBetween(
  first: Manifest | undefined,
  second: Manifest,
  from: number,
): AsyncGenerator<ChangedBlock[]> {
  const numbers = new Set([...(first?.chunkNumbers ?? []), ...second.chunkNumbers]);
  for (const number of [...numbers].sort((a, b) => a - b)) {
    if (number < chunkOf(from) || first?.fingerprint(number) === second.fingerprint(number)) continue;
    const before = await first?.chunk(number);
    yield changedBlocks(before, await second.chunk(number), { from, volumeSize: second.volumeSize });
  }
}

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
