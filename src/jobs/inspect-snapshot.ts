import type { DiskFacts } from '../domain/disk-facts.ts';
import { blockSize } from '../domain/manifest.ts';
import { type ByteSource, checkRange, Unreadable } from '../inspection/byte-source.ts';
import { inspectDisk } from '../inspection/inspect-disk.ts';
import { BlockCorrupt, BlockMissing, type BlockStore, type Manifest } from '../stores/blocks/block-store.ts';

const longest = 5_000;
/** 64 MiB: a Debian disk takes 15 blocks. */
const mostBlocks = 128;
const mostKept = 16;

/**
 * What is on the disk of a snapshot whose manifest is written. It takes some ten milliseconds, so that it is part of
 * completing the snapshot and needs no job: cut off, it is done again. It never fails what it is part of.
 */
export async function inspectSnapshot(blocks: BlockStore, snapshotId: string): Promise<DiskFacts> {
  try {
    const manifest = await blocks.openManifest(snapshotId);
    if (!manifest) return {};
    try {
      return await inspectDisk(manifestSource(blocks, manifest), AbortSignal.timeout(longest));
    } finally {
      await manifest.close();
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The disk a manifest lists. Keeps the blocks it used last. */
function manifestSource(blocks: BlockStore, manifest: Manifest): ByteSource {
  const kept = new Map<number, Buffer>();
  let left = mostBlocks;

  const load = async (index: number): Promise<Buffer | undefined> => {
    const reference = await manifest.at(index);
    if (!reference) return undefined;
    if (left-- === 0) throw new Unreadable('it would take too many blocks');
    return blocks.read(reference).catch(unreadable);
  };

  const blockAt = async (index: number): Promise<Buffer | undefined> => {
    const known = kept.get(index);
    const block = known ?? (await load(index));
    if (!block) return undefined;
    kept.delete(index);
    kept.set(index, block);
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
    return block;
  };

  return {
    size: manifest.volumeSize,
    async readAt(offset, length) {
      checkRange(manifest.volumeSize, offset, length);
      const bytes = Buffer.alloc(length);
      for (let at = offset; at < offset + length; ) {
        const within = at % blockSize;
        const count = Math.min(blockSize - within, offset + length - at);
        const block = await blockAt(Math.floor(at / blockSize));
        block?.copy(bytes, at - offset, within, within + count);
        at += count;
      }
      return bytes;
    },
  };
}

/** A block that is lost is found lost by whoever needs it; here it hides what it held. */
function unreadable(error: unknown): never {
  if (error instanceof BlockCorrupt || error instanceof BlockMissing)
    throw new Unreadable(error.message, { cause: error });
  throw error;
}
