import { createHash } from 'node:crypto';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockSize } from '../../src/domain/manifest.ts';
import { checkStore } from '../../src/stores/blocks/local/check/check-store.ts';
import { openLocalBlockStore } from '../../src/stores/blocks/local/local-block-store.ts';
import { blocksOf } from './manifests.ts';

/** A program for a small disk of its own: fills it under a block store, and prints as JSON how the store took it. */
const disk = process.argv[2]!;
const filler = join(disk, 'filler');
const fill = () => {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(bavail * bsize));
};
const settings = {
  folder: join(disk, 'blocks'),
  masterKey: Buffer.alloc(32, 'key'),
  packTarget: 1024 * 1024,
  packGrace: 0,
};
const store = await openLocalBlockStore(settings);
const blockOf = (seed: string) => createHash('shake256', { outputLength: blockSize }).update(seed).digest();
const commit = async (snapshotId: string, seeds: readonly string[]) => {
  const session = await store.openSession(`for-${snapshotId}`, 'domain');
  for (const [index, seed] of seeds.entries()) await session.put(index, blockOf(seed));
  await session.commit({ snapshotId, volumeSize: 1024 ** 3 });
};
const isWhole = async (snapshotId: string, seeds: readonly string[]) => {
  const blocks = await blocksOf(store, snapshotId);
  for (const [index, seed] of seeds.entries())
    if (!(await store.read(blocks.get(index)!)).equals(blockOf(seed))) return false;
  return blocks.size === seeds.length;
};
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'went well',
    (error: Error) => `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`,
  );

const kept = ['a', 'b', 'c', 'd'];
const later = ['e', 'f', 'g', 'h'];
await commit('snap-kept', kept);
await commit('snap-mixed', ['a', 'x', 'y', 'z', 'v', 'w']);
fill();
const refused = await messageOf(commit('snap-later', later));
const readWhileFull = await isWhole('snap-kept', kept);
await store.deleteManifest('snap-mixed');
const collected = await messageOf(store.collectGarbage());
rmSync(filler);
const readAfter = await isWhole('snap-kept', kept);
await commit('snap-later', later);
const laterSnapshot = await isWhole('snap-later', later);
const { packsCompacted } = await store.collectGarbage();
await store.collectGarbage();
await store.close();
const { damaged, packProblems } = await checkStore({ ...settings, readData: true });
const problems = [...damaged, ...packProblems];
const told = { refused, readWhileFull, collected, readAfter, laterSnapshot, packsCompacted, problems };
process.stdout.write(JSON.stringify(told));
