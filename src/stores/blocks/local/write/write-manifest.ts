import { blockSize, chunkBlocks, type ManifestSummary } from '../../../../domain/manifest.ts';
import type { StagedEntry } from '../../block-store.ts';
import { byChunk, type CommitTarget, mergeChunk } from '../../merge-manifest.ts';
import type { ManifestFiles } from '../files/manifest-files.ts';
import type { LocalManifest } from '../files/open-manifest.ts';
import { entryLength, type ManifestEncoder, manifestEncoder } from '../formats/manifest-format.ts';

/** Chunks copied with one read and one write: 1.1 MiB. */
const chunksAtATime = 8;

/**
 * Writes the manifest of `base` with the staged blocks over it, cut to the volume's size, durably. Chunks that nothing
 * changes are copied as they are, checked; a few chunks at a time are in memory.
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
  const wholeChunks = Math.floor(end / chunkBlocks);
  const load = base?.walker();
  const numbers = base?.chunkNumbers ?? [];
  let next = 0;
  /** The file is written before the next piece is asked for, so that one buffer serves all. */
  const buffer = Buffer.allocUnsafeSlow(chunksAtATime * chunkBlocks * entryLength);

  async function* merged(number: number, entries: StagedEntry[]) {
    const below = numbers[next] === number ? await load!(number) : undefined;
    const chunk = mergeChunk(below, entries, volumeSize);
    if (chunk.length > 0) yield encoder.chunk(number, chunk, buffer);
  }
  /** Copies the base's chunks up to the one at position `until`, which lie one behind the other. */
  async function* copied(until: number) {
    for (; next < until; next = Math.min(next + chunksAtATime, until)) {
      const run = numbers.slice(next, Math.min(next + chunksAtATime, until));
      const chunks = await base!.rawChunks(run, buffer);
      const lengths = chunks.map((chunk, position) => encoder.copy(run[position]!, chunk).length);
      yield buffer.subarray(
        0,
        lengths.reduce((sum, length) => sum + length, 0),
      );
    }
  }
  /** The base's chunks before the one of that number. */
  async function* unchanged(number: number) {
    const position = (limit: number) => {
      let found = next;
      while (found < numbers.length && numbers[found]! < limit) found++;
      return found;
    };
    yield* copied(position(Math.min(number, wholeChunks)));
    const cut = numbers[next];
    if (cut !== undefined && cut < number && cut * chunkBlocks < end) yield* merged(cut, []);
    next = position(number);
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
