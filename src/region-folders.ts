import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where a region's block store lies in a data folder. */
export const blocksFolder = (data: string, region: string) => join(data, region, 'blocks');

/** Regions that have a block store there, whether they are served or not. */
export function regionsWithBlocks(data: string): string[] {
  return readdirSync(data)
    .filter(name => existsSync(blocksFolder(data, name)))
    .sort();
}
