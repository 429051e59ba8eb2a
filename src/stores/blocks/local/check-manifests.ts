import type { BlockReference } from '../../../domain/manifest.ts';
import { breathe } from './breathe.ts';
import type { ManifestFiles } from './manifest-files.ts';

export interface LostBlock extends BlockReference {
  /** Block index: its place in the snapshot, in blocks of 512 KiB. */
  index: number;
  problem: string;
}

/** A snapshot of which something cannot be had. */
export interface DamagedSnapshot {
  snapshotId: string;
  /** What is wrong with its list of blocks: all that a damaged part lists is lost with it. */
  manifest: string[];
  blocks: LostBlock[];
}

/** @param problemOf why a block cannot be had; undefined if it can */
export async function checkManifests(
  manifests: ManifestFiles,
  problemOf: (reference: BlockReference) => string | undefined,
): Promise<{ snapshots: number; damaged: DamagedSnapshot[] }> {
  const damaged: DamagedSnapshot[] = [];
  const names = await manifests.list();
  for (const snapshotId of names) {
    const found: DamagedSnapshot = { snapshotId, manifest: [], blocks: [] };
    await checkManifest(manifests, problemOf, found);
    if (found.manifest.length + found.blocks.length > 0) damaged.push(found);
  }
  return { snapshots: names.length, damaged };
}

async function checkManifest(
  manifests: ManifestFiles,
  problemOf: (reference: BlockReference) => string | undefined,
  { snapshotId, manifest: problems, blocks }: DamagedSnapshot,
): Promise<void> {
  const note = (error: Error) => {
    problems.push(error.message);
  };
  const manifest = await manifests.open(snapshotId).catch(note);
  for (const number of manifest?.chunkNumbers ?? []) {
    const chunk = await Promise.resolve(manifest!.chunk(number)).catch(note);
    for (const [index, reference] of chunk?.entries() ?? []) {
      const problem = problemOf(reference);
      if (problem !== undefined) blocks.push({ index, ...reference, problem });
    }
    await breathe();
  }
  await manifest?.close();
}
