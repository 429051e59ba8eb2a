/** What a pack lists: from its footer, or, where a crash left none, by going through it. */
import type { BlockReference } from '../../../../domain/manifest.ts';
import type { PackStorage } from '../files/pack-storage.ts';
import { MalformedFile } from './byte-reader.ts';
import {
  decodePackFooter,
  decodePackHeader,
  decodePackTrailer,
  type PackContents,
  type PackVersion,
  packHeaderLength,
  packMaxEntries,
  packTrailerLength,
} from './pack-format.ts';
import { batchLength, batchMagic, decodeRecipeBatch } from './recipe-batch.ts';
import { blockMagic, decodeStoredHeader, maxHeaderLength, storedLength } from './stored-block.ts';
import { decodeSegmentHeader, segmentMagic, storedSegmentLength } from './stored-segment.ts';

/** What a sealed pack lists; undefined when it is not sealed. @throws MalformedFile when its footer is damaged. */
export async function readFooter(storage: PackStorage, pack: number): Promise<PackContents | undefined> {
  const size = await storage.size(pack);
  if (size < packHeaderLength + packTrailerLength) return undefined;
  const version = decodePackHeader(await storage.read(pack, 0, packHeaderLength));
  const trailer = await storage.read(pack, size - packTrailerLength, packTrailerLength);
  if (trailer.toString('latin1', packTrailerLength - 8) !== 'AMITYEND') return undefined;
  const { footerLength, digest } = decodePackTrailer(trailer);
  const dataEnd = size - packTrailerLength - footerLength;
  if (dataEnd < packHeaderLength) throw new MalformedFile('Pack footer is longer than its pack');
  return decodePackFooter(version, await storage.read(pack, dataEnd, footerLength), digest, dataEnd);
}

/** Throw MalformedFile when a stored segment or block is damaged. */
export interface RecordChecks {
  segment(domain: string, stored: Buffer): Promise<void>;
  block(reference: BlockReference, stored: Buffer): Promise<void>;
}

/**
 * What an unsealed pack holds, up to the first bytes that are no whole record: the tail a crash tore.
 * @param resumeAt offsets where records are known to begin, ascending: where to go on behind damage
 */
export async function scanPack(
  storage: PackStorage,
  pack: number,
  checks: RecordChecks,
  resumeAt: readonly number[],
): Promise<PackContents> {
  const size = await storage.size(pack);
  const version = await versionOf(storage, pack, size);
  const contents: PackContents =
    version === 1 ? { version, blocks: [] } : { version, segments: [], batches: [] };
  const scan = contents.version === 1 ? scanBlock(contents, checks) : scanRecord(contents, checks);
  let records = 0;
  for (let offset = packHeaderLength; offset < size && records < packMaxEntries; ) {
    try {
      const head = await storage.read(pack, offset, Math.min(maxHeaderLength, size - offset));
      const { length, add } = scan(head);
      if (offset + length > size) throw new MalformedFile('Pack ends inside a record');
      await add(await storage.read(pack, offset, length), { offset, length });
      offset += length;
      records++;
    } catch (error) {
      if (!(error instanceof MalformedFile)) throw error;
      const next = resumeAt.find(known => known > offset);
      if (next === undefined) break;
      offset = next;
    }
  }
  return contents;
}

/** By the first record where the header is damaged: packs are written from the front. */
async function versionOf(storage: PackStorage, pack: number, size: number): Promise<PackVersion> {
  if (size < packHeaderLength) return 2;
  const head = await storage.read(pack, 0, Math.min(size, packHeaderLength + 4));
  try {
    return decodePackHeader(head.subarray(0, packHeaderLength));
  } catch (error) {
    if (!(error instanceof MalformedFile)) throw error;
    return head.subarray(packHeaderLength).equals(blockMagic) ? 1 : 2;
  }
}

type Add = (record: Buffer, extent: { offset: number; length: number }) => Promise<unknown>;
type Scan = (head: Buffer) => { length: number; add: Add };

function scanBlock({ blocks }: PackContents & { version: 1 }, checks: RecordChecks): Scan {
  return head => {
    const header = decodeStoredHeader(head);
    return {
      length: storedLength(header),
      async add(record, extent) {
        await checks.block(header.reference, record);
        blocks.push({ reference: header.reference, ...extent });
      },
    };
  };
}

function scanRecord({ segments, batches }: PackContents & { version: 2 }, checks: RecordChecks): Scan {
  return head => {
    if (head.subarray(0, 4).equals(batchMagic))
      return {
        length: batchLength(head),
        async add(record, extent) {
          decodeRecipeBatch(record);
          batches.push(extent);
        },
      };
    if (head.subarray(0, 4).equals(blockMagic)) {
      // A segment in format 1, moved here: only a footer or an index knows its number.
      const block = decodeStoredHeader(head);
      return { length: storedLength(block), add: record => checks.block(block.reference, record) };
    }
    if (!head.subarray(0, 4).equals(segmentMagic)) throw new MalformedFile('Pack holds an unknown record');
    const header = decodeSegmentHeader(head);
    const { domain, number, pages } = header;
    return {
      length: storedSegmentLength(header),
      async add(record, extent) {
        await checks.segment(domain, record);
        segments.push({ domain, number, pages, format: 2, ...extent });
      },
    };
  };
}
