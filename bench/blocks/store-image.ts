/** node bench/blocks/store-image.ts FILE… STORE: stores raw files in turn as snapshots, and prints a line of JSON each. */
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { blockSize } from '../../src/domain/manifest.ts';
import { openLocalBlockStore } from '../../src/stores/blocks/local/local-block-store.ts';
import { dataBlocks } from './data-extents.ts';
import { diskUsage, measured } from './measure.ts';

const lanes = 8;
const files = process.argv.slice(2);
const folder = files.pop();
if (!folder || files.length === 0)
  throw new Error('Say which raw files to store, and then the folder of the store');
const store = await openLocalBlockStore({ folder, masterKey: Buffer.alloc(32, 'bench') });

for (const file of files) {
  const snapshotId = `snap-${basename(file).replaceAll(/[^A-Za-z0-9]/g, '')}`;
  const figures = await measured(() => storeFile(file, snapshotId));
  const storedBytes = await diskUsage(join(folder, 'packs'));
  const folderBytes = await diskUsage(folder);
  process.stdout.write(`${JSON.stringify({ file, snapshotId, ...figures, storedBytes, folderBytes })}\n`);
}
await store.close();

async function storeFile(path: string, snapshotId: string): Promise<void> {
  const file = await open(path);
  const { size } = await file.stat();
  const session = await store.openSession(snapshotId, 'bench');
  const indexes = await dataBlocks(path, blockSize);
  let next = 0;
  const lane = async () => {
    const buffer = Buffer.alloc(blockSize);
    while (next < indexes.length) {
      const index = indexes[next++]!;
      const { bytesRead } = await file.read(buffer, 0, blockSize, index * blockSize);
      buffer.fill(0, bytesRead);
      await session.put(index, buffer);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await session.commit({ snapshotId, volumeSize: size });
  await file.close();
}
