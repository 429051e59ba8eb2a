/** `amity fsck`: what the stores of a data folder hold against what its records promise. No server may be running. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidSetting, readConfig } from './config.ts';
import { type AffectedReport, affectedBy } from './fsck-affected.ts';
import { blocksFolder, regionsWithBlocks } from './region-folders.ts';
import {
  type CheckStoreOptions,
  checkStore,
  type StoreCheck,
} from './stores/blocks/local/check/check-store.ts';
import { copiesIn } from './stores/blocks/local/check/put-lost-blocks.ts';
import { repairStore } from './stores/blocks/local/check/repair-store.ts';
import { placeOf } from './stores/blocks/staged/claim.ts';
import { openDataFolder } from './stores/data-folder.ts';
import { readOrCreateMasterKey } from './stores/master-key.ts';

export interface FsckOptions {
  /** Only this region. */
  region?: string;
  /** A PostgreSQL URL, where the records are there. */
  records?: string;
  readData?: boolean;
  repair?: boolean;
}

export interface RegionCheck extends Omit<StoreCheck, 'damaged'>, AffectedReport {
  region: string;
  /** What was mended, in words. */
  repaired: string[];
}

/** @throws with one sentence that says the remedy when a server holds the folder, or it is none of ours */
export async function fsck(data: string, options: FsckOptions): Promise<RegionCheck[]> {
  const config = readConfig({ data, records: options.records });
  if (config.blocks.kind !== 'data-folder')
    throw new InvalidSetting(
      'amity fsck checks blocks in a data folder only, not in a bucket yet: leave out AMITY_BLOCKS',
    );
  // Never made here: everything would be unreadable under another.
  if (!existsSync(join(config.data, 'master.key')))
    throw new InvalidSetting(
      `There is no master.key in ${config.data}: name the data folder with --data, or restore the key from a backup`,
    );
  const folder = await openDataFolder(config.data);
  try {
    const masterKey = await readOrCreateMasterKey(config.data);
    const regions = regionsWithBlocks(config.data);
    const chosen = options.region === undefined ? regions : regions.filter(name => name === options.region);
    if (chosen.length === 0)
      throw new InvalidSetting(
        `${config.data} has no blocks of such a region: it has ${regions.join(', ') || 'none'}`,
      );
    const results: RegionCheck[] = [];
    for (const region of chosen) {
      const place = await placeOf(blocksFolder(config.data, region));
      if (place !== undefined)
        throw new InvalidSetting(
          `amity fsck cannot check a bucket yet: the blocks of ${region} are in ${place}`,
        );
      const store = { folder: blocksFolder(config.data, region), masterKey, readData: options.readData };
      const others = regions.filter(name => name !== region).map(name => blocksFolder(config.data, name));
      const { damaged, repaired, ...check } = options.repair
        ? await repairFrom(store, others)
        : { ...(await checkStore(store)), repaired: [] };
      const affected = await affectedBy(config.records, region, store.folder, damaged);
      results.push({ region, ...check, repaired, ...affected });
    }
    return results;
  } finally {
    folder.release();
  }
}

/** Mends a store, also with blocks that those of other regions have: copies of images leave them there. */
async function repairFrom(store: CheckStoreOptions, others: readonly string[]) {
  const opened: ReturnType<typeof copiesIn>[] = [];
  try {
    for (const folder of others)
      try {
        opened.push(copiesIn({ folder, masterKey: store.masterKey }));
      } catch {
        // A store that is damaged itself is no help; its own check says what is wrong with it.
      }
    return await repairStore({
      ...store,
      async elsewhere(digest) {
        for (const copies of opened) {
          const bytes = await copies.read(digest);
          if (bytes) return bytes;
        }
        return undefined;
      },
    });
  } finally {
    for (const copies of opened) await copies.close();
  }
}
