import { PackMissing, type PackStorage } from '../files/pack-storage.ts';
import { MalformedFile } from '../formats/byte-reader.ts';
import { readFooter } from '../formats/pack-contents.ts';
import { extentsOf, type PackContents } from '../formats/pack-format.ts';
import { decodeRecipeBatch } from '../formats/recipe-batch.ts';
import type { BlockIndex } from '../index/block-index.ts';

export interface PackProblem {
  pack: number;
  /** The file or object. */
  where: string;
  problem: string;
  /** Whether a new pack can take its place: all that lives in it is known without it. */
  isReplaceable: boolean;
}

/**
 * Holds packs against the index: whether they are there, whether the lists at their ends are whole and say the same, and,
 * with `readData`, whether recipes are whole from which a lost index is rebuilt.
 * @returns the bytes of each pack that is there, and what is wrong
 */
export async function checkPacks(storage: PackStorage, index: BlockIndex, readData: boolean) {
  const sizes = new Map<number, number>();
  const problems: PackProblem[] = [];
  const empty = new Set(index.emptyPacks());
  for (const { pack, sealed } of index.packs()) {
    const add = (problem: string, isReplaceable = false) =>
      problems.push({ pack, where: storage.describe(pack), problem, isReplaceable });
    try {
      sizes.set(pack, await storage.size(pack));
    } catch (error) {
      if (!(error instanceof PackMissing)) throw error;
      if (!empty.has(pack)) add('it is gone');
      continue;
    }
    if (!sealed || empty.has(pack)) continue;
    try {
      const contents = await readFooter(storage, pack);
      if (!contents) add('it is cut off: the list of what it holds is not at its end', true);
      else if (!listsAll(contents, index, pack)) add('it does not list all that the index knows in it', true);
      else if (readData) await checkBatches(storage, pack, contents);
    } catch (error) {
      if (!(error instanceof MalformedFile)) throw error;
      add(error.message, true);
    }
  }
  return { sizes, problems };
}

function listsAll(contents: PackContents, index: BlockIndex, pack: number): boolean {
  const lengths = new Map(extentsOf(contents).map(({ offset, length }) => [offset, length]));
  return index.segments.inPack(pack).every(({ offset, length }) => lengths.get(offset) === length);
}

async function checkBatches(storage: PackStorage, pack: number, contents: PackContents): Promise<void> {
  for (const { offset, length } of contents.version === 2 ? contents.batches : [])
    decodeRecipeBatch(await storage.read(pack, offset, length));
}
