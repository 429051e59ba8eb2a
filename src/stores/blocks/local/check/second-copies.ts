import type { BlockReference } from '../../../../domain/manifest.ts';
import { PackMissing, type PackStorage } from '../files/pack-storage.ts';
import { MalformedFile } from '../formats/byte-reader.ts';
import { readFooter } from '../formats/pack-contents.ts';
import type { PackedSegment } from '../formats/pack-format.ts';
import { decodeRecipeBatch } from '../formats/recipe-batch.ts';
import { decodeRecipe, runsOf } from '../formats/recipe-codec.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { openSegment } from '../keys/segment-cipher.ts';

export interface SecondCopiesOptions {
  index: BlockIndex;
  keys: KeyRing;
  storage: PackStorage;
}

/**
 * Makes the index lead to other copies, in other packs, of what these blocks need: recipes that are damaged or gone, then
 * segments. A pack that was compacted is such a copy until it is removed. The caller commits.
 */
export async function findSecondCopies(options: SecondCopiesOptions, blocks: readonly BlockReference[]) {
  if (blocks.length === 0) return;
  const { index, storage } = options;
  await relistRecipes(options, blocks);
  const wanted = new Map<number, string>();
  for (const reference of blocks)
    for (const segment of segmentsOf(index, reference)) wanted.set(segment, reference.domain);
  for (const pack of await storage.list())
    for (const segment of await listedSegments(storage, pack)) {
      if (wanted.get(segment.number) !== segment.domain) continue;
      if (await isWhole(options, pack, segment)) {
        const at = index.segments.find(segment.domain, segment.number);
        index.begin();
        if (at) index.segments.move(segment.number, at, { pack, offset: segment.offset });
        else index.segments.add({ ...segment, pack, fingerprints: null });
        wanted.delete(segment.number);
      }
    }
}

async function relistRecipes(
  { index, keys, storage }: SecondCopiesOptions,
  blocks: readonly BlockReference[],
) {
  const wanted = new Map(Map.groupBy(blocks, ({ domain }) => domain));
  for (const pack of await storage.list())
    for (const { offset, length } of await listedBatches(storage, pack)) {
      const batch = await storage.read(pack, offset, length).then(decodeRecipeBatch).catch(ignoreDamage);
      const digests = batch && new Set(wanted.get(batch.domain)?.map(({ digest }) => digest));
      const domainKeys = digests?.size ? await keys.find(batch!.domain).catch(() => undefined) : undefined;
      if (!domainKeys) continue;
      for (const entry of batch!.entries) {
        const reference = { domain: batch!.domain, digest: entry.digest };
        if (!digests!.has(entry.digest) || !isRecipe(reference, entry.recipe, domainKeys.recipe)) continue;
        const listed = index.recipe(reference);
        if (listed && isRecipe(reference, listed, domainKeys.recipe)) continue;
        index.dropBlock(reference);
        index.addBlock(reference.domain, entry, pack);
      }
    }
}

/** The segments a block needs, as far as the index can tell. */
export function segmentsOf(index: BlockIndex, reference: BlockReference): number[] {
  const recipe = index.recipe(reference);
  try {
    return recipe ? [...new Set(runsOf(recipe).map(({ segment }) => segment))] : [];
  } catch (error) {
    ignoreDamage(error);
    return [];
  }
}

function isRecipe(reference: BlockReference, recipe: Uint8Array, key: Buffer): boolean {
  try {
    decodeRecipe(reference, recipe, key);
    return true;
  } catch (error) {
    ignoreDamage(error);
    return false;
  }
}

/** Format 1 is left out: its framing does not say of which number it is. */
async function isWhole(
  { keys, storage }: SecondCopiesOptions,
  pack: number,
  { domain, number, pages, format, offset, length }: PackedSegment,
): Promise<boolean> {
  if (format !== 2) return false;
  try {
    const domainKeys = await keys.find(domain);
    if (!domainKeys) return false;
    openSegment({ domain, number, pages }, await storage.read(pack, offset, length), domainKeys.data);
    return true;
  } catch {
    // Whatever is wrong with it, it is no copy to rely on.
    return false;
  }
}

async function listedSegments(storage: PackStorage, pack: number): Promise<PackedSegment[]> {
  const contents = await readFooter(storage, pack).catch(ignoreDamage);
  return contents?.version === 2 ? contents.segments : [];
}

async function listedBatches(storage: PackStorage, pack: number) {
  const contents = await readFooter(storage, pack).catch(ignoreDamage);
  return contents?.version === 2 ? contents.batches : [];
}

function ignoreDamage(error: unknown): undefined {
  if (!(error instanceof MalformedFile) && !(error instanceof PackMissing)) throw error;
}
