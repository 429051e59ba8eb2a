/**
 * node bench/blocks/restore-image.ts --store FOLDER --snapshot ID FILE: writes a snapshot as a sparse raw file, and prints a
 * line of JSON. The clock starts when the store is open and its threads run.
 */
import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { blockSize, type ManifestEntry } from '../../src/domain/manifest.ts';
import { openLocalBlockStore } from '../../src/stores/blocks/local/local-block-store.ts';
import { releaseMemory } from '../../src/stores/blocks/local/threads/release-memory.ts';
import { workQueue } from '../../src/stores/blocks/local/write/queue.ts';
import { measured } from './measure.ts';

const lanes = 8;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { store: { type: 'string' }, snapshot: { type: 'string' } },
});
const { store: folder, snapshot: snapshotId } = values;
const [target] = positionals;
if (!folder || !snapshotId || !target)
  throw new Error('Say --store FOLDER, --snapshot ID and the file to write');
const store = await openLocalBlockStore({ folder, masterKey: Buffer.alloc(32, 'bench') });
const openManifest = async () => {
  const manifest = await store.openManifest(snapshotId);
  if (!manifest) throw new Error(`There is no snapshot ${snapshotId}`);
  return manifest;
};
await warmUp();
const figures = await measured(async () => {
  const manifest = await openManifest();
  const file = await open(target, 'w');
  await file.truncate(manifest.volumeSize);
  const restore = async ([index, reference]: ManifestEntry) => {
    const bytes = await store.read(reference);
    const offset = index * blockSize;
    await file.write(bytes, 0, Math.min(blockSize, manifest.volumeSize - offset), offset);
    releaseMemory(bytes);
  };
  const inTurn = workQueue(lanes);
  for await (const entries of manifest.entries())
    await Promise.all(entries.map(entry => inTurn(() => restore(entry))));
  await manifest.close();
  await file.close();
  await store.close();
});
process.stdout.write(`${JSON.stringify({ snapshotId, ...figures })}\n`);

/** Reads the first blocks, enough for every thread; they are read again when the clock runs. */
async function warmUp(): Promise<void> {
  const manifest = await openManifest();
  for await (const entries of manifest.entries()) {
    await Promise.all(entries.slice(0, 4).map(([, reference]) => store.read(reference)));
    break;
  }
  await manifest.close();
}
