import { PackMissing } from '../files/pack-storage.ts';
import { MalformedFile } from '../formats/byte-reader.ts';
import { encodeRecipeBatch, maxBatchEntries, type RecipeEntry } from '../formats/recipe-batch.ts';
import { decodeRecipe } from '../formats/recipe-codec.ts';
import { decodeStoredHeader } from '../formats/stored-block.ts';
import { decodeSegmentHeader } from '../formats/stored-segment.ts';
import type { IndexedSegment } from '../index/segment-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { PackWriter } from '../write/pack-writer.ts';
import { breathe } from './breathe.ts';
import type { CompactionOptions } from './compaction.ts';

/** Read at once: segments that lie side by side. */
const readAtATime = 4 * 1024 * 1024;
const rowsAtATime = 500;

export class DamagedPack extends Error {
  override name = 'DamagedPack';
}

export type MoveOptions = Pick<CompactionOptions, 'storage' | 'index' | 'keys' | 'writer' | 'step'>;

/** A row of the index that is to lead elsewhere. */
type Change = () => void;

/**
 * Moves live segments, byte for byte, and recipes of live blocks to a new pack; seals it, and only then makes the index
 * lead there: until that moment a new pack is nothing but garbage. @throws DamagedPack
 */
export async function movePacks(options: MoveOptions, packs: readonly number[]): Promise<void> {
  const { storage, index, step } = options;
  const made: number[] = [];
  const target = new PackWriter({
    storage,
    nextPack() {
      const pack = options.writer.nextPack();
      made.push(pack);
      return pack;
    },
    onSealed: pack => step(() => index.sealPack(pack)),
  });
  const changes: Change[] = [];
  try {
    for (const pack of packs) {
      await copySegments(options, pack, target, changes);
      await copyRecipes(options, pack, target, changes);
    }
    await target.seal();
    await storage.settle();
    step(() => index.commit());
  } catch (error) {
    await target.abandon();
    await storage.remove(made).catch(() => undefined);
    throw error;
  }
  for (let next = 0; next < changes.length; next += rowsAtATime) {
    if (next > 0) await breathe();
    step(() => {
      index.begin();
      for (const change of changes.slice(next, next + rowsAtATime)) change();
    });
  }
  step(() => index.commit());
}

async function copySegments(
  { storage, index, step }: MoveOptions,
  pack: number,
  target: PackWriter,
  changes: Change[],
) {
  for (const run of runsOfNeighbours(step(() => index.segments.inPack(pack)))) {
    const start = run[0]!.offset;
    const last = run.at(-1)!;
    const bytes = await storage.read(pack, start, last.offset + last.length - start).catch(orDamaged);
    for (const segment of run) {
      const { domain, number, pages, format, offset, length } = segment;
      const stored = bytes.subarray(offset - start, offset - start + length);
      checkHeader(segment, stored);
      const to = await target.append({ domain, number, pages, format }, stored);
      changes.push(() => index.segments.move(number, { pack, offset }, to));
    }
  }
}

async function copyRecipes(
  { index, keys, step }: MoveOptions,
  pack: number,
  target: PackWriter,
  changes: Change[],
) {
  for (const domain of step(() => index.homeDomains(pack))) {
    for (let after = ''; ; ) {
      const entries = step(() => index.homed(pack, domain, after, maxBatchEntries));
      if (entries.length === 0) break;
      await checkRecipes(keys, domain, entries);
      const to = await target.append('batch', encodeRecipeBatch(domain, entries));
      for (const { digest } of entries) changes.push(() => index.moveHome({ domain, digest }, pack, to.pack));
      if (entries.length < maxBatchEntries) break;
      after = entries.at(-1)!.digest;
    }
  }
}

/** Whether the index leads to what it says: a row that does not must not become the footer of a new pack. */
function checkHeader({ domain, number, pages, format, length }: IndexedSegment, stored: Buffer): void {
  try {
    const header =
      format === 1 ? { ...decodeStoredHeader(stored).reference, number, pages } : decodeSegmentHeader(stored);
    if (header.domain === domain && header.number === number && header.pages === pages && length > 0) return;
  } catch (error) {
    orDamaged(error);
  }
  throw new DamagedPack(`Segment ${number} is not where the index says`);
}

/** Their pack has them whole; a damaged row must not take their place. */
async function checkRecipes(keys: KeyRing, domain: string, entries: readonly RecipeEntry[]): Promise<void> {
  const domainKeys = await keys.find(domain).catch(cause => {
    throw new DamagedPack(`Recipes of key domain ${domain} cannot be checked`, { cause });
  });
  // Blocks of a key that was destroyed are gone when their manifests are.
  if (!domainKeys) return;
  try {
    for (const { digest, recipe } of entries) decodeRecipe({ domain, digest }, recipe, domainKeys.recipe);
  } catch (error) {
    orDamaged(error);
  }
}

function orDamaged(error: unknown): never {
  if (error instanceof MalformedFile || error instanceof PackMissing)
    throw new DamagedPack(error.message, { cause: error });
  throw error;
}

function* runsOfNeighbours(segments: readonly IndexedSegment[]): Generator<IndexedSegment[]> {
  let run: IndexedSegment[] = [];
  for (const segment of segments) {
    const last = run.at(-1);
    const joins =
      last &&
      last.offset + last.length === segment.offset &&
      segment.offset + segment.length - run[0]!.offset <= readAtATime;
    if (last && !joins) {
      yield run;
      run = [];
    }
    run.push(segment);
  }
  if (run.length > 0) yield run;
}
