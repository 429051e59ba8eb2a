/** node bench/blocks/restore-image.ts STORE SNAPSHOT FILE: writes a snapshot as a sparse raw file, and prints a line of JSON. */
import { open } from 'node:fs/promises';
import { blockSize } from '../../src/domain/manifest.ts';
import { openLocalBlockStore } from '../../src/stores/blocks/local/local-block-store.ts';
import { releaseMemory } from '../../src/stores/blocks/local/release-memory.ts';
import { measured } from './measure.ts';

const lanes = 8;
const [folder, snapshotId, target] = process.argv.slice(2);
if (!folder || !snapshotId || !target)
  throw new Error('Say the folder of the store, the snapshot and the file to write');
const store = await openLocalBlockStore({ folder, masterKey: Buffer.alloc(32, 'bench') });
const figures = await measured(async () => {
  const manifest = await store.getManifest(snapshotId);
  if (!manifest) throw new Error(`There is no snapshot ${snapshotId}`);
  const file = await open(target, 'w');
  await file.truncate(manifest.volumeSize);
  const entries = manifest.blocks.entries();
  const lane = async () => {
    for (const [index, reference] of entries) {
      const bytes = await store.read(reference);
      await file.write(
        bytes,
        0,
        Math.min(blockSize, manifest.volumeSize - index * blockSize),
        index * blockSize,
      );
      releaseMemory(bytes);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await file.close();
});
await store.close();
process.stdout.write(`${JSON.stringify({ snapshotId, ...figures })}\n`);
