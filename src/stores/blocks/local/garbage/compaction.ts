import { PackMissing, type PackStorage } from '../files/pack-storage.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { BlockWriter } from '../write/block-writer.ts';
import type { Step } from './garbage.ts';
import { DamagedPack, movePacks } from './move-packs.ts';

/** A pack is rewritten when less than this part of it lives. */
const sparse = 0.5;
/** A pack is small below this part of a full one; small ones are merged when there are so many. */
const small = 0.25;
const smallPacks = 8;
/** Full packs' worth of bytes moved in one collection at most: the next one goes on. */
const packsWorth = 16;

export interface CompactionOptions {
  storage: PackStorage;
  index: BlockIndex;
  keys: KeyRing;
  writer: Pick<BlockWriter, 'nextPack'>;
  /** Packs that may be rewritten: sealed ones whose rows are all there. */
  candidates: ReadonlySet<number>;
  /** Bytes of live segments in each pack that has any. */
  live: ReadonlyMap<number, number>;
  sizes: Map<number, number>;
  emptied: Map<number, number>;
  step: Step;
}

interface Chosen {
  pack: number;
  /** Bytes to be moved. */
  live: number;
}

/**
 * Moves what lives in packs that are mostly dead, or small, to new ones. The old packs stay, with nothing in them, until
 * a later collection; readers that come too late look the index up again. @returns packs moved
 */
export async function compactPacks(options: CompactionOptions): Promise<number> {
  const { storage, emptied } = options;
  let moved = 0;
  let left = packsWorth * storage.target;
  for (const group of groups(await choose(options), storage.target)) {
    if (left <= 0) break;
    left -= group.reduce((sum, { live }) => sum + live, 0);
    const packs = await moveWhole(
      options,
      group.map(({ pack }) => pack),
    );
    for (const pack of packs) emptied.set(pack, performance.now());
    moved += packs.length;
  }
  return moved;
}

/** What is damaged stays where it is: its loss must be seen, and may be mended. @returns packs that were moved */
async function moveWhole(options: CompactionOptions, packs: readonly number[]): Promise<number[]> {
  try {
    await movePacks(options, packs);
    return [...packs];
  } catch (error) {
    if (!(error instanceof DamagedPack)) throw error;
    if (packs.length === 1) return [];
    const moved: number[] = [];
    for (const pack of packs) moved.push(...(await moveWhole(options, [pack])));
    return moved;
  }
}

async function choose(options: CompactionOptions): Promise<Chosen[]> {
  const { storage, index, candidates, live, step } = options;
  const dead: Chosen[] = [];
  const little: Chosen[] = [];
  const empty = new Set(step(() => index.emptyPacks()));
  for (const pack of candidates) {
    if (empty.has(pack)) continue;
    const size = await sizeOf(options, pack);
    if (size === undefined) continue;
    const segments = live.get(pack) ?? 0;
    const isSmall = size < storage.target * small;
    if (!isSmall && segments >= size * sparse) continue;
    const chosen = { pack, live: segments + step(() => index.homeBytes(pack)) };
    if (chosen.live < size * sparse) dead.push(chosen);
    else if (isSmall) little.push(chosen);
  }
  // One small pack that is half dead gives back next to nothing: it waits for company as others do.
  const together = little.length + dead.length >= smallPacks ? little : [];
  return [...dead, ...together].sort((a, b) => a.pack - b.pack);
}

async function sizeOf({ storage, sizes }: CompactionOptions, pack: number): Promise<number | undefined> {
  const known = sizes.get(pack);
  if (known !== undefined) return known;
  const size = await storage.size(pack).catch(error => {
    if (error instanceof PackMissing) return undefined;
    throw error;
  });
  if (size !== undefined) sizes.set(pack, size);
  return size;
}

/** Packs that together fill one. */
function* groups(chosen: readonly Chosen[], target: number): Generator<Chosen[]> {
  let group: Chosen[] = [];
  let bytes = 0;
  for (const one of chosen) {
    if (group.length > 0 && bytes + one.live > target) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(one);
    bytes += one.live;
  }
  if (group.length > 0) yield group;
}
