import type { BlockReference } from '../../../../domain/manifest.ts';
import { BlockCorrupt, BlockMissing } from '../../block-store.ts';
import { PackMissing, type PackReader } from '../files/pack-storage.ts';
import { MalformedFile } from '../formats/byte-reader.ts';
import { decodeRecipe, segmentBinding } from '../formats/recipe-codec.ts';
import type { SegmentLocation } from '../index/segment-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { type OpenedSegment, type OpenInput, ThreadFailure } from '../threads/worker-tasks.ts';
import { SegmentCorrupt, SegmentMissing, type SegmentSource } from './segment-source.ts';

export interface SegmentReaderOptions {
  storage: PackReader;
  keys: KeyRing;
  /** A block's recipe in the index. */
  recipe(reference: BlockReference): Uint8Array | undefined;
  segment(domain: string, number: number): SegmentLocation | undefined;
  /** Called before the index is asked again for what it did not know, or what was not where it said. */
  refresh(): Promise<void>;
  /** Decrypts and decompresses: on this thread or on another. */
  open(input: OpenInput): OpenedSegment | Promise<OpenedSegment>;
}

export interface SegmentReader extends SegmentSource {
  /** As `segment`, with the SHA-256 of its pages. */
  digested(domain: string, number: number): Promise<OpenedSegment>;
}

/** How often bytes are read before their segment counts as corrupt: they may have been damaged on their way here. */
const mostReads = 3;

/** Reads recipes and segments, and checks their tags. */
export function segmentReader(options: SegmentReaderOptions): SegmentReader {
  const { storage, keys } = options;

  const open = async (domain: string, number: number, at: SegmentLocation, digest: boolean) => {
    const where = `${storage.describe(at.pack)} at byte ${at.offset}`;
    const corrupt = (cause: unknown) => new SegmentCorrupt(domain, number, where, cause);
    const domainKeys = await keys.find(domain);
    if (!domainKeys) throw new SegmentMissing(domain, number, 'its key domain has no data key');
    const stored = await storage.read(at.pack, at.offset, at.length).catch((error: unknown) => {
      if (error instanceof MalformedFile) throw corrupt(error);
      if (error instanceof PackMissing) throw new SegmentMissing(domain, number, `its pack ${error.message}`);
      throw error;
    });
    let opened: OpenedSegment;
    try {
      opened = await options.open({
        stored: stored as Buffer<ArrayBuffer>,
        name: { domain, number, pages: at.pages },
        format: at.format,
        dataKey: domainKeys.data,
        digest,
      });
    } catch (error) {
      if (error instanceof ThreadFailure) throw error;
      throw corrupt(error);
    }
    if (at.format === 1) {
      const bound = segmentBinding({ domain, digest: opened.stated! }, number, domainKeys.recipe);
      if (!at.binding || !bound.equals(at.binding))
        throw corrupt(new MalformedFile(`Found block ${opened.stated} in its place`));
    }
    return opened;
  };

  const openWhole = async (...wanted: Parameters<typeof open>): Promise<OpenedSegment> => {
    for (let reads = 1; ; reads++) {
      try {
        return await open(...wanted);
      } catch (error) {
        if (!(error instanceof SegmentCorrupt) || reads === mostReads) throw error;
      }
    }
  };

  const read = async (domain: string, number: number, digest: boolean) => {
    const missing = () => new SegmentMissing(domain, number, 'the index does not list it');
    let at = options.segment(domain, number);
    if (!at) {
      await options.refresh();
      at = options.segment(domain, number);
      if (!at) throw missing();
    }
    try {
      return await openWhole(domain, number, at, digest);
    } catch (error) {
      // Packing may have moved the segment since the index was asked.
      if (!(error instanceof SegmentMissing)) throw error;
      await options.refresh();
      const moved = options.segment(domain, number);
      if (!moved || (moved.pack === at.pack && moved.offset === at.offset)) throw error;
      return await openWhole(domain, number, moved, digest);
    }
  };

  return {
    async recipe(reference) {
      const { domain, digest } = reference;
      const domainKeys = await keys.find(domain);
      if (!domainKeys) throw new BlockMissing(domain, digest, 'its key domain has no data key');
      let bytes = options.recipe(reference);
      if (!bytes) {
        await options.refresh();
        bytes = options.recipe(reference);
      }
      if (!bytes) throw new BlockMissing(domain, digest, 'the index does not list it');
      try {
        return decodeRecipe(reference, bytes, domainKeys.recipe);
      } catch (error) {
        throw new BlockCorrupt(domain, digest, 'its recipe in the index', error);
      }
    },
    async segment(domain, number) {
      return asBuffer((await read(domain, number, false)).plain);
    },
    digested: (domain, number) => read(domain, number, true),
  };
}

export function asBuffer(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
