/**
 * A manifest file (big-endian), entries ascending by block index:
 *
 *     "AMITYMAN"  version u16  snapshot id (u16 length, UTF-8)  volume size u64  block size u32
 *     domain count u16, each (u16 length, UTF-8)
 *     entry count u32, each: block index u32  domain u16  digest 32
 *     SHA-256 of all before 32
 */
import { createHash } from 'node:crypto';
import { type BlockReference, blockSize, type Manifest } from '../../../domain/manifest.ts';
import { byteReader, MalformedFile, text, u16, u32, u64 } from './byte-reader.ts';
import { maxDomainLength } from './stored-block.ts';

const magic = Buffer.from('AMITYMAN');
const version = 1;
const entryLength = 4 + 2 + 32;
const maxSnapshotIdLength = 128;
/** 64 TiB, the largest EBS volume. */
const maxVolumeSize = 2 ** 46;

/** A manifest read in place: a full one of 1 TiB takes 80 MB this way, and several times that as a `Map`. */
export interface ManifestView {
  readonly snapshotId: string;
  readonly volumeSize: number;
  /** Blocks it lists. */
  readonly count: number;
  /** The block at a block index; undefined where it is all zeroes. */
  at(index: number): BlockReference | undefined;
  entries(): Iterable<[index: number, reference: BlockReference]>;
  /** Bytes it holds in memory. */
  readonly byteLength: number;
}

export function encodeManifest(manifest: Manifest): Buffer {
  const entries = [...manifest.blocks].sort(([a], [b]) => a - b);
  const numbers = new Map<string, number>();
  for (const [, { domain }] of entries) if (!numbers.has(domain)) numbers.set(domain, numbers.size);
  const body = Buffer.allocUnsafe(entries.length * entryLength);
  entries.forEach(([index, { domain, digest }], position) => {
    const start = position * entryLength;
    body.writeUInt32BE(index, start);
    body.writeUInt16BE(numbers.get(domain)!, start + 4);
    body.write(digest, start + 6, 32, 'hex');
  });
  const content = Buffer.concat([
    magic,
    u16(version),
    text(manifest.snapshotId),
    u64(manifest.volumeSize),
    u32(blockSize),
    u16(numbers.size),
    ...[...numbers.keys()].map(text),
    u32(entries.length),
    body,
  ]);
  return Buffer.concat([content, sha256(content)]);
}

/** Checks a whole manifest file and opens it in place. */
export function viewManifest(bytes: Buffer): ManifestView {
  const content = bytes.subarray(0, Math.max(0, bytes.length - 32));
  const reader = byteReader(content, 'Manifest');
  if (!reader.bytes(8, 'its magic').equals(magic))
    throw new MalformedFile('Manifest does not begin with AMITYMAN');
  const found = reader.u16('its version');
  if (found !== version)
    throw new MalformedFile(`Manifest has version ${found}; this program reads ${version}`);
  if (!sha256(content).equals(bytes.subarray(content.length)))
    throw new MalformedFile('Manifest does not match its checksum');
  const snapshotId = reader.text('its snapshot id', maxSnapshotIdLength);
  const volumeSize = reader.u64('its volume size');
  if (volumeSize > maxVolumeSize || volumeSize % 512 !== 0)
    throw new MalformedFile(`Manifest has a volume size of ${volumeSize}`);
  const foundBlockSize = reader.u32('its block size');
  if (foundBlockSize !== blockSize)
    throw new MalformedFile(
      `Manifest has blocks of ${foundBlockSize} bytes; this program reads ${blockSize}`,
    );
  const domains = Array.from({ length: reader.u16('its domain count') }, () =>
    reader.text('a key domain', maxDomainLength),
  );
  const count = reader.u32('its entry count');
  const body = reader.bytes(count * entryLength, 'its entries');
  reader.end();
  const indexAt = (position: number) => body.readUInt32BE(position * entryLength);
  const referenceAt = (position: number): BlockReference => ({
    domain: domains[body.readUInt16BE(position * entryLength + 4)]!,
    digest: body.toString('hex', position * entryLength + 6, (position + 1) * entryLength),
  });
  checkEntries(body, count, domains.length, volumeSize);

  return {
    snapshotId,
    volumeSize,
    count,
    byteLength: bytes.length,
    at(index) {
      let low = 0;
      let high = count - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const found = indexAt(middle);
        if (found === index) return referenceAt(middle);
        if (found < index) low = middle + 1;
        else high = middle - 1;
      }
      return undefined;
    },
    *entries() {
      for (let position = 0; position < count; position++) yield [indexAt(position), referenceAt(position)];
    },
  };
}

export function decodeManifest(bytes: Buffer): Manifest {
  const view = viewManifest(bytes);
  return { snapshotId: view.snapshotId, volumeSize: view.volumeSize, blocks: new Map(view.entries()) };
}

function checkEntries(body: Buffer, count: number, domains: number, volumeSize: number): void {
  let previous = -1;
  for (let position = 0; position < count; position++) {
    const index = body.readUInt32BE(position * entryLength);
    if (index <= previous) throw new MalformedFile('Manifest entries do not ascend');
    if (index * blockSize >= volumeSize)
      throw new MalformedFile(`Manifest lists block ${index}, behind the end of the volume`);
    if (body.readUInt16BE(position * entryLength + 4) >= domains)
      throw new MalformedFile('Manifest names a key domain it does not list');
    previous = index;
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
