import { print } from '../output.ts';
import { loadMaintenance, type RegionCheck } from '../server.ts';

export interface FsckCommandOptions {
  data: string;
  region?: string;
  records?: string;
  readData?: boolean;
  repair?: boolean;
  json?: boolean;
}

/** Statuses beside 0, nothing is wrong, and 1, it could not be checked. */
const damagedStatus = 2;
const lostStatus = 3;
/** Block indexes told of each snapshot; `--json` has all. */
const blocksShown = 8;

/** Checks the blocks of a data folder that no server uses. */
export async function fsck(options: FsckCommandOptions): Promise<void> {
  const { data, json, ...how } = options;
  const maintenance = await loadMaintenance();
  const regions = await maintenance.fsck(data, how);
  print(json, { status: statusOf(regions), regions }, regions.flatMap(linesOf));
  process.exitCode = statusOf(regions);
}

function statusOf(regions: readonly RegionCheck[]): number {
  if (regions.some(({ lost }) => lost.length > 0)) return lostStatus;
  return regions.every(isWhole) ? 0 : damagedStatus;
}

function isWhole({ records, index, packProblems, lost }: RegionCheck): boolean {
  return records === undefined && index === undefined && packProblems.length + lost.length === 0;
}

function linesOf(check: RegionCheck): string[] {
  const { region, packs, blocks, snapshots, records, index, packProblems, repaired, lost } = check;
  return [
    `${region}: ${snapshots} snapshots, ${blocks} blocks in ${packs} packs: ${isWhole(check) ? 'nothing is wrong' : 'damaged'}`,
    ...repaired.map(text => `  mended: ${text}`),
    ...(index === undefined ? [] : [`  the block index is of no use, and rebuilt by --repair: ${index}`]),
    ...(records === undefined ? [] : [`  what stands on the snapshots cannot be told: ${records}`]),
    ...packProblems.map(({ where, problem }) => `  ${where}: ${problem}`),
    ...lost.flatMap(lossLines),
  ];
}

function lossLines({ snapshotId, ownerId, images, volumes, manifest, blocks }: RegionCheck['lost'][number]) {
  const shown = blocks.slice(0, blocksShown);
  return [
    `  LOST of ${snapshotId} (${ownerId === undefined ? 'deleted; kept for its volumes' : `account ${ownerId}`}): ${
      manifest.length > 0 ? 'parts of its list of blocks' : `${blocks.length} blocks of 512 KiB`
    }`,
    ...images.map(({ imageId, name }) => `    image ${imageId} (${name}) needs it`),
    ...(volumes.length > 0 ? [`    volumes made of it: ${volumes.join(', ')}`] : []),
    ...manifest.map(problem => `    ${problem}`),
    ...shown.map(({ index, digest, problem }) => `    block ${index} (${digest.slice(0, 16)}…): ${problem}`),
    ...(blocks.length > shown.length
      ? [`    and ${blocks.length - shown.length} more: --json lists them`]
      : []),
  ];
}
