import { open } from 'node:fs/promises';
import { blockSize } from '../../src/domain/manifest.ts';
import { openLocalBlockStore } from '../../src/stores/blocks/local/local-block-store.ts';
import { masterKey } from './served.ts';

/** Stores image files as snapshots of one key domain, in their order. */
export async function storeImages(folder: string, images: Readonly<Record<string, string>>): Promise<void> {
  const store = await openLocalBlockStore({ folder, masterKey });
  for (const [snapshotId, image] of Object.entries(images)) {
    const session = await store.openSession(`stores-${snapshotId}`, 'bench');
    const file = await open(image);
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
    await session.commit({ snapshotId, volumeSize: size });
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
