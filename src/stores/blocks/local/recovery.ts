import type { BlockReference } from '../../../domain/manifest.ts';
import { unsealBlock } from './block-cipher.ts';
import type { BlockIndex } from './block-index.ts';
import { MalformedFile } from './byte-reader.ts';
import { syncFolder } from './durable-file.ts';
import type { KeyRing } from './key-ring.ts';
import { listPacks, readFooter, removePack, scanPack, withPack, writeFully } from './pack-files.ts';
import { encodePackFooter, encodePackHeader, type PackEntry, packHeaderLength } from './pack-format.ts';

/**
 * Brings index and packs together after a crash, or rebuilds a lost index. A pack the index does not know is read into
 * it. An unsealed pack is cut behind the last block the index lists (behind it lies only what was never acknowledged),
 * or, where the index lists none, behind the last whole block; then it is sealed.
 */
export async function recoverPacks(folder: string, index: BlockIndex, keys: KeyRing): Promise<void> {
  const known = new Map(index.packs().map(({ pack, sealed }) => [pack, sealed]));
  const present = new Set(await listPacks(folder));
  for (const pack of [...present].sort((a, b) => a - b))
    if (!known.get(pack)) await recoverPack(folder, pack, index, keys);
  // Left by a crash between the removal of a pack and that of its row. Rows of blocks stay: their loss must be seen.
  for (const pack of index.emptyPacks()) if (!present.has(pack)) index.dropPack(pack);
  index.commit();
}

async function recoverPack(folder: string, pack: number, index: BlockIndex, keys: KeyRing): Promise<void> {
  const listed = index.packEntries(pack);
  const entries = await withPack(folder, pack, 'r+', async file => {
    const footer = await readFooter(file).catch(ignoreDamage);
    const entries =
      footer ?? (listed.length > 0 ? listed : await scanPack(file, (...block) => check(keys, ...block)));
    if (entries.length > 0 && !footer) {
      const end = endOf(entries);
      await file.truncate(end);
      await writeFully(file, encodePackHeader(), 0);
      await writeFully(file, encodePackFooter(entries), end);
    }
    await file.sync();
    return entries;
  });
  if (entries.length === 0) {
    await removePack(folder, pack);
    if (index.packs().some(known => known.pack === pack)) index.dropPack(pack);
  } else {
    index.addBlocks(pack, entries);
    index.sealPack(pack);
  }
  await syncFolder(folder);
  index.commit();
}

function endOf(entries: readonly PackEntry[]): number {
  return entries.reduce((end, entry) => Math.max(end, entry.offset + entry.length), packHeaderLength);
}

async function check(keys: KeyRing, reference: BlockReference, stored: Buffer): Promise<void> {
  const dataKey = await keys.find(reference.domain);
  // Nobody can say any more whether these bytes are whole, nor read them; what lies behind them is kept.
  if (!dataKey && (await keys.isForgotten(reference.domain))) return;
  if (!dataKey) throw new MalformedFile(`There is no data key of key domain ${reference.domain}`);
  await unsealBlock(reference, stored, dataKey, 'a pack under recovery');
}

function ignoreDamage(error: unknown): undefined {
  if (!(error instanceof MalformedFile)) throw error;
}
