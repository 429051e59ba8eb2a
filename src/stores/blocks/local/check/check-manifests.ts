import type { BlockReference } from '../../../../domain/manifest.ts';
import type { ManifestFiles } from '../files/manifest-files.ts';
import { breathe } from '../garbage/breathe.ts';

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

export interface CheckManifestsOptions {
  manifests: ManifestFiles;
  /** Why a block cannot be had; undefined if it can. */
  problemOf(reference: BlockReference): string | undefined;
  /** Whether a key domain's data key was destroyed on purpose: what was under it is no loss. */
  isForgotten(domain: string): Promise<boolean>;
}

export async function checkManifests(
  options: CheckManifestsOptions,
): Promise<{ snapshots: number; damaged: DamagedSnapshot[] }> {
  const damaged: DamagedSnapshot[] = [];
  const names = await options.manifests.list();
  for (const snapshotId of names) {
    const found: DamagedSnapshot = { snapshotId, manifest: [], blocks: [] };
    await checkManifest(options, found);
    if (found.manifest.length + found.blocks.length > 0) damaged.push(found);
  }
  return { snapshots: names.length, damaged };
}

async function checkManifest(
  { manifests, problemOf, isForgotten }: CheckManifestsOptions,
  { snapshotId, manifest: problems, blocks }: DamagedSnapshot,
): Promise<void> {
  const note = (error: Error) => {
    problems.push(error.message);
  };
  const manifest = await manifests.open(snapshotId).catch(note);
  const forgotten = new Set<string>();
  for (const domain of manifest?.domains ?? []) if (await isForgotten(domain)) forgotten.add(domain);
  for (const number of manifest?.chunkNumbers ?? []) {
    const chunk = await Promise.resolve(manifest!.chunk(number)).catch(note);
    for (const [index, reference] of chunk?.entries() ?? []) {
      const problem = forgotten.has(reference.domain) ? undefined : problemOf(reference);
      if (problem !== undefined) blocks.push({ index, ...reference, problem });
    }
    await breathe();
  }
  await manifest?.close();
}
