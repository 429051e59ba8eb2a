import { type CheckStoreOptions, checkStore, type StoreCheck } from './check-store.ts';
import { putLostBlocks, type ReadElsewhere } from './put-lost-blocks.ts';
import { repairIndex } from './repair-index.ts';

export interface RepairStoreOptions extends CheckStoreOptions {
  /** Where lost blocks may be found that this store has nowhere. */
  elsewhere?: ReadElsewhere;
}

/**
 * Checks a store, mends what can be mended, and checks again. @returns what is wrong still, and what was done, in words
 */
export async function repairStore(options: RepairStoreOptions): Promise<StoreCheck & { repaired: string[] }> {
  const { elsewhere = async () => undefined } = options;
  const { done, lost } = await repairIndex(options, await checkStore(options));
  const put = await putLostBlocks(options, lost, elsewhere);
  if (put > 0) done.push(`${put} blocks were stored anew from copies in other key domains or regions`);
  return { ...(await checkStore(options)), repaired: done };
}
