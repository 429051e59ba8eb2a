/**
 * A collection of garbage over an index of a million blocks. Their bytes are not there (they would be half a terabyte):
 * rows and manifests are all that marking and sweeping look at. Some real blocks are read meanwhile.
 */
import { hash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlockReference, blockSize } from '../../src/domain/manifest.ts';
import type { StagedEntry } from '../../src/stores/blocks/block-store.ts';
import { storeFolders } from '../../src/stores/blocks/local/files/folders.ts';
import { manifestFiles } from '../../src/stores/blocks/local/files/manifest-files.ts';
import { encodeRecipe } from '../../src/stores/blocks/local/formats/recipe-codec.ts';
import { blockIndex } from '../../src/stores/blocks/local/index/block-index.ts';
import { openIndexFile } from '../../src/stores/blocks/local/index/index-schema.ts';
import { keyRing } from '../../src/stores/blocks/local/keys/key-ring.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../src/stores/blocks/local/local-block-store.ts';
import { writeManifest } from '../../src/stores/blocks/local/write/write-manifest.ts';

const domain = '000000000001/default';
const snapshots = 8;
/** One block in so many is listed by no manifest. */
const deadEvery = 10;
const blocksInPack = 250;
const realBlocks = 64;

export interface GarbageMeasured {
  blocks: number;
  removed: number;
  /** Seconds of the collection that finds a tenth dead, while blocks are read. */
  sweepSeconds: number;
  /** Seconds of one that finds nothing, with nothing else to do. */
  markSeconds: number;
  /** Milliseconds of the slowest of all reads made meanwhile, and how many there were. */
  slowestReadMs: number;
  reads: number;
  peakMiB: number;
}

/** @param blocks a million for the promise; fewer to try it */
export async function measureGarbage(blocks: number): Promise<GarbageMeasured> {
  const folder = await mkdtemp(join(tmpdir(), 'amity-garbage-'));
  const masterKey = randomBytes(32);
  try {
    await writeRealBlocks(folder, masterKey);
    await inventBlocks(folder, masterKey, blocks);
    const store = await openLocalBlockStore({ folder, masterKey });
    try {
      const references = await realReferences(store);
      for (const reference of references) await store.read(reference);
      const first = await collect(store, references);
      const second = await collect(store, []);
      // The first takes a few dead blocks for live ones; the second finds these (block-marks.ts).
      if (second.removed > blocks / 1_000)
        throw new Error(`The second collection still found ${second.removed} blocks`);
      return {
        blocks,
        removed: first.removed,
        sweepSeconds: first.seconds,
        markSeconds: second.seconds,
        slowestReadMs: Math.max(...first.reads),
        reads: first.reads.length,
        peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      };
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeRealBlocks(folder: string, masterKey: Buffer): Promise<void> {
  const store = await openLocalBlockStore({ folder, masterKey });
  const session = await store.openSession('real', domain);
  for (let index = 0; index < realBlocks; index++) await session.put(index, randomBytes(blockSize));
  await session.commit({ snapshotId: 'snap-real', volumeSize: 1024 ** 3 });
  await store.close();
}

/** Lists blocks of one segment each, and manifests of all but every tenth. */
async function inventBlocks(folder: string, masterKey: Buffer, blocks: number): Promise<void> {
  const folders = storeFolders(folder);
  const keys = keyRing(folders.keys, masterKey);
  const { recipe: recipeKey } = (await keys.find(domain))!;
  const index = blockIndex(await openIndexFile(folders.index, keys));
  const firstSegment = index.segments.last() + 1;
  const firstPack = index.lastPack() + 1;
  const length = 200_000;
  const fingerprints = Buffer.alloc(128 * 12, 1);
  index.begin();
  for (let at = 0; at < blocks; at++) {
    const [number, pack] = [firstSegment + at, firstPack + Math.floor(at / blocksInPack)];
    const digest = digestOf(at);
    const offset = 16 + (at % blocksInPack) * length;
    if (at % blocksInPack === 0) index.sealPack(pack);
    index.segments.add({ domain, number, pack, offset, length, pages: 128, format: 2, fingerprints });
    const run = { page: 0, count: 128, segment: number, from: 0 };
    const recipe = encodeRecipe({ domain, digest }, [run], recipeKey);
    index.addBlock(domain, { digest, cost: length, recipe }, pack);
    if (at % 20_000 === 0) index.commit();
  }
  index.commit();
  index.close();
  const manifests = manifestFiles(folders.manifests);
  const each = Math.ceil(blocks / snapshots);
  for (let number = 0; number < snapshots; number++)
    await writeManifest(
      manifests,
      { snapshotId: `snap-${number}`, volumeSize: Math.ceil((each * blockSize) / 1024 ** 3) * 1024 ** 3 },
      undefined,
      listed(number * each, Math.min(blocks, (number + 1) * each)),
    );
}

async function* listed(from: number, to: number): AsyncGenerator<StagedEntry[]> {
  for (let start = from; start < to; start += 256) {
    const batch: StagedEntry[] = [];
    for (let at = start; at < Math.min(to, start + 256); at++)
      if (at % deadEvery !== 0) batch.push([at - from, { domain, digest: digestOf(at) }]);
    if (batch.length > 0) yield batch;
  }
}

const digestOf = (at: number) => hash('sha256', `block ${at}`);

async function realReferences(store: LocalBlockStore): Promise<BlockReference[]> {
  const manifest = (await store.openManifest('snap-real'))!;
  const entries = (await Array.fromAsync(manifest.entries())).flat();
  await manifest.close();
  return entries.map(([, reference]) => reference);
}

/** Collects while these blocks are read one after another. */
async function collect(store: LocalBlockStore, references: readonly BlockReference[]) {
  const reads: number[] = [];
  let isRunning = references.length > 0;
  const read = async () => {
    for (let next = 0; isRunning; next++) {
      const start = performance.now();
      await store.read(references[next % references.length]!);
      reads.push(performance.now() - start);
    }
  };
  const reading = read();
  const start = performance.now();
  const { blocksRemoved } = await store.collectGarbage();
  const seconds = (performance.now() - start) / 1_000;
  isRunning = false;
  await reading;
  return { removed: blocksRemoved, seconds, reads };
}
