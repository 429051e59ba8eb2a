import { print, table } from '../output.ts';
import { loadMaintenance } from '../server.ts';

export interface SnapshotUsageOptions {
  data: string;
  region?: string;
  json?: boolean;
}

/** Says what each snapshot of a data folder takes on disk: alone, and together with others. */
export async function snapshotUsage({ data, region, json }: SnapshotUsageOptions): Promise<void> {
  const { snapshotUsage: usageOf } = await loadMaintenance();
  const regions = await usageOf(data, { region });
  const rows = regions.flatMap(({ region: name, snapshots }) =>
    snapshots.map(({ snapshotId, ownBytes, sharedBytes }) => [
      name,
      snapshotId,
      String(ownBytes),
      String(sharedBytes),
    ]),
  );
  print(json, regions, table(['REGION', 'SNAPSHOT', 'OWN BYTES', 'SHARED BYTES'], rows));
}
