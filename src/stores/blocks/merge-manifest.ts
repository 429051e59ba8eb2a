import { blockSize, chunkOf, type ManifestChunk, type ManifestEntry } from '../../domain/manifest.ts';
import type { StagedEntry } from './block-store.ts';

/** What a write session becomes. */
export interface CommitTarget {
  snapshotId: string;
  /** Bytes. */
  volumeSize: number;
  base?: string;
}

/** @throws unless the size is one a volume can have, and the base, where there is to be one, is there. */
export function checkTarget(target: CommitTarget, hasBase: boolean): void {
  const { snapshotId, volumeSize, base } = target;
  if (!Number.isSafeInteger(volumeSize) || volumeSize < 0 || volumeSize % 512 !== 0)
    throw new RangeError(`A volume's size is a multiple of 512 bytes, not ${volumeSize}`);
  if (base !== undefined && !hasBase)
    throw new Error(`Snapshot ${snapshotId} cannot build on ${base}: that has no manifest`);
}

/** The blocks of a base's chunk with the staged ones of the same chunk over them, cut to the volume's size. */
export function mergeChunk(
  base: ManifestChunk | undefined,
  staged: readonly StagedEntry[],
  volumeSize: number,
): ManifestEntry[] {
  const over = new Set(staged.map(([index]) => index));
  const end = Math.ceil(volumeSize / blockSize);
  const merged: ManifestEntry[] = [];
  for (const entry of base?.entries() ?? []) if (entry[0] < end && !over.has(entry[0])) merged.push(entry);
  for (const entry of staged) if (entry[0] < end && isWritten(entry)) merged.push(entry);
  return base && staged.length > 0 ? merged.sort(([a], [b]) => a - b) : merged;
}

function isWritten(entry: StagedEntry): entry is ManifestEntry {
  return entry[1] !== null;
}

/** Staged blocks by the chunk they lie in. They come ascending, in batches of any size. */
export async function* byChunk(
  batches: AsyncIterable<StagedEntry[]>,
): AsyncGenerator<[number: number, entries: StagedEntry[]]> {
  let number = -1;
  let entries: StagedEntry[] = [];
  for await (const batch of batches)
    for (const entry of batch) {
      if (chunkOf(entry[0]) !== number) {
        if (entries.length > 0) yield [number, entries];
        number = chunkOf(entry[0]);
        entries = [];
      }
      entries.push(entry);
    }
  if (entries.length > 0) yield [number, entries];
}
