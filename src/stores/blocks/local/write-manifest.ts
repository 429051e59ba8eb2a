import { blockSize, chunkBlocks, type ManifestSummary } from '../../../domain/manifest.ts';
import type { StagedEntry } from '../block-store.ts';
import { byChunk, type CommitTarget, mergeChunk } from '../merge-manifest.ts';
import type { ManifestFiles } from './manifest-files.ts';
import { type ManifestEncoder, manifestEncoder } from './manifest-format.ts';
import type { LocalManifest } from './open-manifest.ts';

/**
 * Writes the manifest of `base` with the staged blocks over it, cut to the volume's size, durably. Chunks that nothing
 * changes are copied as they are, checked; one chunk at a time is in memory.
 */
export async function writeManifest(
  files: ManifestFiles,
  { snapshotId, volumeSize }: CommitTarget,
  base: LocalManifest | undefined,
  staged: AsyncIterable<StagedEntry[]>,
): Promise<ManifestSummary> {
  const encoder = manifestEncoder({ snapshotId, volumeSize }, base?.domains);
  await files.write(snapshotId, pieces(encoder, volumeSize, base, staged));
  return { snapshotId, volumeSize, blockCount: encoder.blockCount };
}

async function* pieces(
  encoder: ManifestEncoder,
  volumeSize: number,
  base: LocalManifest | undefined,
  staged: AsyncIterable<StagedEntry[]>,
): AsyncGenerator<Buffer> {
  const end = Math.ceil(volumeSize / blockSize);
  const numbers = base?.chunkNumbers ?? [];
  let next = 0;

  async function* merged(number: number, entries: StagedEntry[]) {
    const below = numbers[next] === number ? await base!.chunk(number) : undefined;
    const chunk = mergeChunk(below, entries, volumeSize);
    if (chunk.length > 0) yield encoder.chunk(number, chunk);
  }
  /** The base's chunks before the one of that number. */
  async function* unchanged(until: number) {
    for (; next < numbers.length && numbers[next]! < until; next++) {
      const number = numbers[next]!;
      if ((number + 1) * chunkBlocks <= end) yield encoder.copy(number, await base!.rawChunk(number));
      else if (number * chunkBlocks < end) yield* merged(number, []);
    }
  }

  yield encoder.header();
  for await (const [number, entries] of byChunk(staged)) {
    yield* unchanged(number);
    yield* merged(number, entries);
    if (numbers[next] === number) next++;
  }
  yield* unchanged(Number.POSITIVE_INFINITY);
  yield encoder.end();
}
