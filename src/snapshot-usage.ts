/** `amity snapshot usage`: what snapshots really take on disk. It only reads, and may run beside a server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from './config.ts';
import { InvalidSetting } from './invalid-setting.ts';
import { blocksFolder, regionsWithBlocks } from './region-folders.ts';
import { openSnapshotReader } from './stores/blocks/local/read/snapshot-reader.ts';
import type { SnapshotUsage } from './stores/blocks/local/read/snapshot-usage.ts';
import { readOrCreateMasterKey } from './stores/master-key.ts';

export interface RegionUsage {
  region: string;
  snapshots: SnapshotUsage[];
}

/** @throws with one sentence when there is no such folder or region, or a store is damaged */
export async function snapshotUsage(data: string, { region }: { region?: string }): Promise<RegionUsage[]> {
  const folder = readConfig({ data }).data;
  const regions = existsSync(join(folder, 'master.key')) ? regionsWithBlocks(folder) : [];
  const chosen = regions.filter(name => region === undefined || name === region);
  if (chosen.length === 0)
    throw new InvalidSetting(
      `${folder} has no blocks${region === undefined ? '' : ` of ${region}`}: name a data folder with --data`,
    );
  const masterKey = await readOrCreateMasterKey(folder);
  const usages: RegionUsage[] = [];
  for (const name of chosen) {
    const reader = openSnapshotReader({ folder: blocksFolder(folder, name), masterKey });
    try {
      usages.push({ region: name, snapshots: await reader.usage() });
    } finally {
      await reader.close();
    }
  }
  return usages;
}
