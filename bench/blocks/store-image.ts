/**
 * node bench/blocks/store-image.ts --store FOLDER --snapshot ID [--base ID] [--changed FILE] IMAGE: stores a raw image, or the
 * extents of it that a file of JSON names, as a snapshot; prints what it took as a line of JSON. The clock starts when the
 * store is open and its threads run.
 */
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { blockSize } from '../../src/domain/manifest.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../src/stores/blocks/local/local-block-store.ts';
import { workQueue } from '../../src/stores/blocks/local/write/queue.ts';
import { blocksOf, type Extent } from './changed.ts';
import { dataExtents } from './data-extents.ts';
import { measured } from './measure.ts';

const lanes = 8;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: 'string' },
    snapshot: { type: 'string' },
    base: { type: 'string' },
    changed: { type: 'string' },
  },
});
const { store: folder, snapshot: snapshotId, base, changed } = values;
const [image] = positionals;
if (!folder || !snapshotId || !image) throw new Error('Say --store FOLDER, --snapshot ID and the image');
const store = await openLocalBlockStore({ folder, masterKey: Buffer.alloc(32, 'bench') });
await warmUp(store);
const figures = await measured(async () => {
  const extents = changed
    ? (JSON.parse(readFileSync(changed, 'utf8')) as Extent[])
    : await dataExtents(image);
  const file = await open(image);
  const { size } = await file.stat();
  const session = await store.openSession(snapshotId, 'bench');
  const indexes = blocksOf(extents);
  let next = 0;
  const inOrder = workQueue(1);
  const lane = async () => {
    const buffer = Buffer.alloc(blockSize);
    while (next < indexes.length) {
      // Blocks that follow one another are put after one another: what is alike lies together then.
      const index = await inOrder(async () => {
        const following = indexes[next++];
        if (following === undefined) return undefined;
        const { bytesRead } = await file.read(buffer, 0, blockSize, following * blockSize);
        buffer.fill(0, bytesRead);
        return following;
      });
      if (index !== undefined) await session.put(index, buffer);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await session.commit({ snapshotId, volumeSize: size, ...(base && { base }) });
  await file.close();
  await store.close();
});
process.stdout.write(`${JSON.stringify({ snapshotId, ...figures })}\n`);

/** Blocks with one page each, enough for every thread; they stay in the store and count as ours. */
async function warmUp({ openSession }: LocalBlockStore): Promise<void> {
  const session = await openSession('warms-up', 'bench');
  await Promise.all(
    Array.from({ length: 4 }, (_, index) => {
      const block = Buffer.alloc(blockSize);
      randomFillSync(block, 0, 4_096);
      return session.put(index, block);
    }),
  );
  await session.flush();
  await session.abort();
}
