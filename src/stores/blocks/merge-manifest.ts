import { type BlockReference, blockSize, type Manifest } from '../../domain/manifest.ts';

/** The manifest of `base` with the staged blocks over it, cut to the volume's size. */
export function mergeManifest(
  target: { snapshotId: string; volumeSize: number; base?: string },
  base: Iterable<[number, BlockReference]> | undefined,
  staged: ReadonlyMap<number, BlockReference | null>,
): Manifest {
  if (!Number.isSafeInteger(target.volumeSize) || target.volumeSize < 0 || target.volumeSize % 512 !== 0)
    throw new RangeError(`A volume's size is a multiple of 512 bytes, not ${target.volumeSize}`);
  if (target.base !== undefined && !base)
    throw new Error(`Snapshot ${target.snapshotId} cannot build on ${target.base}: that has no manifest`);
  const merged = new Map<number, BlockReference>();
  const end = Math.ceil(target.volumeSize / blockSize);
  for (const [index, reference] of base ?? []) if (index < end) merged.set(index, reference);
  for (const [index, reference] of staged) {
    if (reference && index < end) merged.set(index, reference);
    else merged.delete(index);
  }
  const blocks = new Map([...merged].sort(([a], [b]) => a - b));
  return { snapshotId: target.snapshotId, volumeSize: target.volumeSize, blocks };
}
