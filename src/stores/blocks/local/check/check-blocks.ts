import type { BlockReference } from '../../../../domain/manifest.ts';
import { BlockCorrupt, BlockMissing } from '../../block-store.ts';
import { decodeRecipe } from '../formats/recipe-codec.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { BlockReader } from '../read/block-reader.ts';

const blocksAtATime = 256;
const readAtATime = 4;

export interface CheckBlocksOptions {
  index: BlockIndex;
  keys: KeyRing;
  /** Bytes of the packs that are there. */
  sizes: ReadonlyMap<number, number>;
  /** Reads every block if given. */
  reader?: Pick<BlockReader, 'read'>;
  describe(pack: number): string;
}

/** Blocks that the index lists and that cannot be had, by `keyOfBlock`, each with the reason. */
export type BadBlocks = Map<string, string>;

export function keyOfBlock({ domain, digest }: BlockReference): string {
  return `${digest} ${domain}`;
}

/**
 * Checks every listed block once, pack by pack: its recipe's tag, and whether its segments lie inside packs that are
 * there; with a reader also tags and digest of its bytes.
 */
export async function checkBlocks(options: CheckBlocksOptions): Promise<{ blocks: number; bad: BadBlocks }> {
  const { index } = options;
  const bad: BadBlocks = new Map();
  let blocks = 0;
  for (const { pack } of index.packs())
    for (const domain of index.homeDomains(pack))
      for (let after = ''; ; ) {
        const entries = index.homed(pack, domain, after, blocksAtATime);
        await sideBySide(entries, async ({ digest, recipe }) => {
          const reference = { domain, digest };
          const problem = await problemOf(options, reference, recipe);
          if (problem !== undefined) bad.set(keyOfBlock(reference), problem);
        });
        blocks += entries.length;
        if (entries.length < blocksAtATime) break;
        after = entries.at(-1)!.digest;
      }
  return { blocks, bad };
}

async function problemOf(
  { index, keys, sizes, reader, describe }: CheckBlocksOptions,
  reference: BlockReference,
  recipe: Uint8Array,
): Promise<string | undefined> {
  const { domain } = reference;
  try {
    const domainKeys = await keys.find(domain);
    if (!domainKeys) return `the data key of key domain ${domain} is gone`;
    for (const { segment } of decodeRecipe(reference, recipe, domainKeys.recipe)) {
      const at = index.segments.find(domain, segment);
      if (!at) return `its segment ${segment} is not in the store`;
      const size = sizes.get(at.pack);
      if (size === undefined) return `its pack ${describe(at.pack)} is gone`;
      if (at.offset + at.length > size)
        return `its pack ${describe(at.pack)} ends at byte ${size}, before segment ${segment} does`;
    }
  } catch (error) {
    return (error as Error).message;
  }
  try {
    await reader?.read(reference);
    return undefined;
  } catch (error) {
    if (error instanceof BlockCorrupt || error instanceof BlockMissing) return error.message;
    return `it cannot be read: ${(error as Error).message}`;
  }
}

async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: readAtATime }, worker));
}
