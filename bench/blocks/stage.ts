import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { blockSize } from '../../src/domain/manifest.ts';
import { openLocalBlockStore } from '../../src/stores/blocks/local/local-block-store.ts';
import { masterKey } from './served.ts';

/** The raw images A, B and C of 8 GiB that the benchmarks of blocks use. @throws with the remedy */
export function imageFile(name: string): string {
  const folder = process.env.AMITY_BENCH_IMAGES;
  const file = folder && join(folder, `${name}.raw`);
  if (!file || !existsSync(file))
    throw new Error(`Set AMITY_BENCH_IMAGES to a folder with ${name}.raw, an ext4 image of 8 GiB`);
  return file;
}

/** Stores images as snapshots `snap-NAME` of one key domain, in their order. */
export async function storeImages(folder: string, names: readonly string[]): Promise<void> {
  const store = await openLocalBlockStore({ folder, masterKey });
  for (const name of names) {
    const session = await store.openSession(`stores-${name}`, 'bench');
    const file = await open(imageFile(name));
    const { size } = await file.stat();
    let next = 0;
    const worker = async () => {
      while (next * blockSize < size) {
        const index = next++;
        const block = Buffer.alloc(blockSize);
        await file.read(block, 0, blockSize, index * blockSize);
        await session.put(index, block);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    await session.commit({ snapshotId: `snap-${name}`, volumeSize: size });
    await file.close();
  }
  await store.close();
}

/** A snapshot of 1 TiB with the blocks of another. */
export async function grow(folder: string, base: string, snapshotId: string): Promise<void> {
  const store = await openLocalBlockStore({ folder, masterKey });
  const session = await store.openSession(`grows-${base}`, 'bench');
  await session.commit({ snapshotId, volumeSize: 2 ** 40, base });
  await store.close();
}
