import type { PackStorage } from '../files/pack-storage.ts';
import { MalformedFile } from '../formats/byte-reader.ts';
import { readFooter, scanPack } from '../formats/pack-contents.ts';
import type { PackedBlock } from '../formats/pack-footer-1.ts';
import {
  type Extent,
  encodePackFooter,
  encodePackHeader,
  endOf,
  extentsOf,
  type PackContents,
} from '../formats/pack-format.ts';
import { pagesPerBlock } from '../formats/recipe.ts';
import { decodeRecipeBatch, type RecipeEntry } from '../formats/recipe-batch.ts';
import { decodeRecipe, segmentBinding } from '../formats/recipe-codec.ts';
import type { BlockIndex } from '../index/block-index.ts';
import { format1 } from '../index/index-migration.ts';
import type { DomainKeys } from '../keys/domain-keys.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { checkSegment, openStoredBlock } from '../keys/segment-cipher.ts';

/** After the loss of an index nobody knows which numbers were given to segments that are gone: none of these is given. */
const numbersLost = 2 ** 20;

/**
 * Brings index and packs together after a crash, or rebuilds a lost index. A pack the index does not know is read into
 * it. An unsealed pack is cut behind its last whole record and sealed. Segments are listed before all recipes, since a
 * recipe may name segments of any pack; one that names a segment which is gone is left out.
 */
export async function recoverPacks(storage: PackStorage, index: BlockIndex, keys: KeyRing): Promise<void> {
  const known = new Map(index.packs().map(({ pack, sealed }) => [pack, sealed]));
  const present = new Set(await storage.list());
  const found: [pack: number, contents: PackContents][] = [];
  for (const pack of [...present].sort((a, b) => a - b)) {
    if (known.get(pack)) continue;
    const contents = await recoverPack(storage, pack, index, keys);
    if (contents) found.push([pack, contents]);
  }
  if (known.size === 0 && found.length > 0) index.segments.skip(numbersLost);
  for (const [pack, contents] of found) {
    if (contents.version === 1) await listBlocks(index, keys, pack, contents.blocks);
    else await listRecipes(storage, index, keys, pack, contents.batches);
    index.sealPack(pack);
    index.commit();
  }
  // Left by a crash between the removal of a pack and that of its row. Rows of blocks stay: their loss must be seen.
  for (const pack of index.emptyPacks()) if (!present.has(pack)) index.dropPack(pack);
  index.commit();
}

/** Makes an unsealed pack a sealed one and lists its segments; undefined where there was nothing in it. */
async function recoverPack(
  storage: PackStorage,
  pack: number,
  index: BlockIndex,
  keys: KeyRing,
): Promise<PackContents | undefined> {
  const listed = index.segments.inPack(pack);
  const footer = await readFooter(storage, pack).catch(ignoreDamage);
  const resumeAt = listed.map(({ offset }) => offset);
  const contents = footer ?? (await scanPack(storage, pack, recordChecks(keys), resumeAt));
  if (!footer && contents.version === 2) {
    // What is listed and damaged stays listed: its loss must be seen.
    const offsets = new Set(contents.segments.map(({ offset }) => offset));
    for (const segment of listed) if (!offsets.has(segment.offset)) contents.segments.push(segment);
  }
  if (extentsOf(contents).length === 0) {
    await storage.remove([pack]);
    index.dropPack(pack);
    index.commit();
    return undefined;
  }
  const end = endOf(contents);
  const file = await storage.reopen(pack, footer ? await storage.size(pack) : end);
  try {
    if (!footer) {
      await file.write(encodePackHeader(contents.version), 0);
      await file.write(encodePackFooter(contents), end);
    }
    await file.seal();
  } catch (error) {
    await file.abandon();
    throw error;
  }
  index.addPack(pack);
  if (contents.version === 2)
    for (const segment of contents.segments) index.segments.add({ ...segment, pack, fingerprints: null });
  index.commit();
  return contents;
}

/** Lists blocks of version 1, unless they are, as segments with new numbers. */
async function listBlocks(index: BlockIndex, keys: KeyRing, pack: number, blocks: readonly PackedBlock[]) {
  for (const { reference, offset, length } of blocks) {
    if (index.recipe(reference)) continue;
    const { domain, digest } = reference;
    index.begin();
    const number = index.segments.last() + 1;
    const { binding, recipe } = format1(reference, number, await keys.find(domain).catch(() => undefined));
    const segment = { domain, number, pack, offset, length, pages: pagesPerBlock, format: 1 as const };
    index.segments.add({ ...segment, fingerprints: binding });
    index.addBlock(domain, { digest, cost: length, recipe }, pack);
  }
}

async function listRecipes(
  storage: PackStorage,
  index: BlockIndex,
  keys: KeyRing,
  pack: number,
  batches: readonly Extent[],
) {
  for (const { offset, length } of batches) {
    const batch = await storage.read(pack, offset, length).then(decodeRecipeBatch).catch(ignoreDamage);
    const domainKeys = batch && (await keys.find(batch.domain).catch(() => undefined));
    if (!domainKeys) continue;
    for (const entry of batch.entries)
      if (isWhole(index, batch.domain, entry, domainKeys)) index.addBlock(batch.domain, entry, pack);
  }
}

/** Whether a recipe is what was written, and its segments are there; those in format 1 are bound to their block again. */
function isWhole(index: BlockIndex, domain: string, entry: RecipeEntry, keys: DomainKeys): boolean {
  const reference = { domain, digest: entry.digest };
  try {
    for (const { segment } of decodeRecipe(reference, entry.recipe, keys.recipe)) {
      const at = index.segments.find(domain, segment);
      if (!at) return false;
      if (at.format === 1 && !at.binding)
        index.segments.bind(segment, segmentBinding(reference, segment, keys.recipe));
    }
    return true;
  } catch (error) {
    ignoreDamage(error);
    return false;
  }
}

function recordChecks(keys: KeyRing) {
  const check = async (domain: string, work: (dataKey: Buffer) => void) => {
    let isUnreadable = false;
    const domainKeys = await keys.find(domain).catch(() => {
      isUnreadable = true;
      return undefined;
    });
    // Nobody can say any more whether these bytes are whole, nor read them; what lies behind them is kept.
    if (!domainKeys && (isUnreadable || (await keys.isForgotten(domain)))) return;
    if (!domainKeys) throw new MalformedFile(`There is no data key of key domain ${domain}`);
    try {
      work(domainKeys.data);
    } catch (cause) {
      throw new MalformedFile(`A record of key domain ${domain} is damaged`, { cause });
    }
  };
  return {
    segment: (domain: string, stored: Buffer) => check(domain, key => checkSegment(stored, key)),
    block: ({ domain }: { domain: string }, stored: Buffer) =>
      check(domain, key => openStoredBlock(domain, stored, key)),
  };
}

function ignoreDamage(error: unknown): undefined {
  if (!(error instanceof MalformedFile)) throw error;
}
