import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from './domain/image.ts';
import type { DamagedSnapshot } from './stores/blocks/local/check/check-manifests.ts';
import type { RegionDatabase } from './stores/records/database.ts';
import { openRegionDatabase } from './stores/records/open.ts';

/** A snapshot of which something is lost, and what stands on it. */
export interface Affected extends DamagedSnapshot {
  /** Absent where there is no record of it: it was deleted, and a volume stands on it still. */
  ownerId?: string;
  images: { imageId: string; name: string }[];
  volumes: string[];
}

export interface AffectedReport {
  /** Why the records cannot be asked: then nobody knows which snapshots are gone whole, nor what stands on others. */
  records?: string;
  lost: Affected[];
}

/** Adds what the records know of damaged snapshots, and the snapshots of which nothing is left but their record. */
export async function affectedBy(
  recordsUrl: string,
  region: string,
  blocksFolder: string,
  damaged: readonly DamagedSnapshot[],
): Promise<AffectedReport> {
  let records: RegionDatabase;
  try {
    records = await openExisting(recordsUrl, region);
  } catch (error) {
    const unknown = damaged.map(snapshot => ({ ...snapshot, images: [], volumes: [] }));
    return { records: (error as Error).message, lost: unknown };
  }
  try {
    const snapshots = await records.read.snapshots.list();
    const images = await records.read.images.list();
    const volumes = await records.read.volumes.list();
    const owners = new Map(snapshots.map(({ snapshotId, ownerId }) => [snapshotId, ownerId]));
    const lost = [...damaged];
    for (const { snapshotId, state } of snapshots)
      if (state === 'completed' && !(await hasManifest(blocksFolder, snapshotId)))
        lost.push({ snapshotId, manifest: ['the list of its blocks is gone'], blocks: [] });
    return {
      lost: lost.map(snapshot => ({
        ...snapshot,
        ownerId: owners.get(snapshot.snapshotId),
        images: images.filter(image => standsOn(image, snapshot.snapshotId)).map(nameOf),
        volumes: volumes
          .filter(({ snapshotId }) => snapshotId === snapshot.snapshotId)
          .map(({ volumeId }) => volumeId),
      })),
    };
  } finally {
    await records.close();
  }
}

const nameOf = ({ imageId, name }: Image) => ({ imageId, name });
const standsOn = ({ state, blockDeviceMappings }: Image, snapshotId: string) =>
  state !== 'deregistered' && blockDeviceMappings.some(({ ebs }) => ebs?.snapshotId === snapshotId);

/** Empty records in the place of lost ones would hide the loss. */
async function openExisting(url: string, region: string): Promise<RegionDatabase> {
  const file = url.startsWith('sqlite:') && join(url.slice('sqlite:'.length), region, 'records.sqlite');
  if (file && !existsSync(file)) throw new Error(`${file} is gone: restore it from a backup`);
  return openRegionDatabase(url, region);
}

const hasManifest = (folder: string, snapshotId: string) =>
  access(join(folder, 'manifests', `${snapshotId}.manifest`)).then(
    () => true,
    () => false,
  );
