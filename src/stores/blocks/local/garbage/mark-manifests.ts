import type { ManifestFiles } from '../files/manifest-files.ts';
import type { LocalManifest } from '../files/open-manifest.ts';
import { chunkLength, entryLength } from '../formats/manifest-format.ts';
import type { blockMarks } from './block-marks.ts';

const chunksAtATime = 8;

export interface MarkOptions {
  manifests: ManifestFiles;
  marks: ReturnType<typeof blockMarks>;
  /** What the index calls a key domain. */
  domainId(name: string): number | undefined;
}

/** Marks the blocks of every manifest that is not in `marked` yet. @throws MalformedFile when one is damaged */
export async function markManifests(options: MarkOptions, marked: Set<string>): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(chunksAtATime * chunkLength);
  for (const snapshotId of await options.manifests.list()) {
    if (marked.has(snapshotId)) continue;
    const manifest = await options.manifests.open(snapshotId);
    try {
      if (manifest) await markManifest(options, manifest, buffer);
    } finally {
      await manifest?.close();
    }
    marked.add(snapshotId);
  }
}

async function markManifest({ marks, domainId }: MarkOptions, manifest: LocalManifest, buffer: Buffer) {
  const ids = manifest.domains.map(domainId);
  const numbers = manifest.chunkNumbers;
  for (let next = 0; next < numbers.length; next += chunksAtATime) {
    // The bytes of chunks as they are: millions of entries are too many to make an object of each.
    const chunks = await manifest.rawChunks(numbers.slice(next, next + chunksAtATime), buffer);
    for (const { bytes, entryCount } of chunks)
      for (let entry = 0; entry < entryCount; entry++) {
        const id = ids[bytes.readUInt16BE(entry * entryLength + 2)];
        if (id !== undefined) marks.mark(id, bytes, entry * entryLength + 4);
      }
  }
}

/** Blocks of all manifests, counted as often as they are listed. */
export async function countListed(manifests: ManifestFiles): Promise<number> {
  let count = 0;
  for (const snapshotId of await manifests.list()) {
    const manifest = await manifests.open(snapshotId);
    count += manifest?.blockCount ?? 0;
    await manifest?.close();
  }
  return count;
}
