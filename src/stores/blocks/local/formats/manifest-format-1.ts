/**
 * A manifest file, version 1, which earlier releases wrote (big-endian), entries ascending by block index:
 *
 *     "AMITYMAN"  version u16  snapshot id (u16 length, UTF-8)  volume size u64  block size u32
 *     domain count u16, each (u16 length, UTF-8)
 *     entry count u32, each: block index u32  domain u16  digest 32
 *     SHA-256 of all before 32
 */
import { createHash } from 'node:crypto';
import { blockSize, chunkOf, type ManifestEntry } from '../../../../domain/manifest.ts';
import { byteReader, MalformedFile } from './byte-reader.ts';
import {
  checkBlockSize,
  checkVolumeSize,
  manifestEncoder,
  manifestHeaderLength,
  manifestVersion,
  maxSnapshotIdLength,
} from './manifest-format.ts';
import { maxDomainLength } from './stored-block.ts';

const entryLength = 4 + 2 + 32;

/** Checks a whole file of version 1; the same manifest as a file of version 2. */
export function upgradeManifest1(bytes: Buffer): Buffer {
  const content = bytes.subarray(0, Math.max(0, bytes.length - 32));
  if (manifestVersion(content.subarray(0, manifestHeaderLength)) !== 1)
    throw new MalformedFile('Manifest is not of version 1');
  if (!createHash('sha256').update(content).digest().equals(bytes.subarray(content.length)))
    throw new MalformedFile('Manifest does not match its checksum');
  const reader = byteReader(content, 'Manifest');
  reader.bytes(manifestHeaderLength, 'its header');
  const snapshotId = reader.text('its snapshot id', maxSnapshotIdLength);
  const volumeSize = checkVolumeSize(reader.u64('its volume size'));
  checkBlockSize(reader.u32('its block size'));
  const domains = Array.from({ length: reader.u16('its domain count') }, () =>
    reader.text('a key domain', maxDomainLength),
  );
  const count = reader.u32('its entry count');
  const body = reader.bytes(count * entryLength, 'its entries');
  reader.end();

  const encoder = manifestEncoder({ snapshotId, volumeSize }, domains);
  const pieces = [encoder.header()];
  let chunk: ManifestEntry[] = [];
  const endChunk = () => {
    if (chunk.length > 0) pieces.push(encoder.chunk(chunkOf(chunk[0]![0]), chunk));
    chunk = [];
  };
  let previous = -1;
  for (let at = 0; at < body.length; at += entryLength) {
    const index = body.readUInt32BE(at);
    if (index <= previous) throw new MalformedFile('Manifest entries do not ascend');
    if (index * blockSize >= volumeSize)
      throw new MalformedFile(`Manifest lists block ${index}, behind the end of the volume`);
    const domain = domains[body.readUInt16BE(at + 4)];
    if (domain === undefined) throw new MalformedFile('Manifest names a key domain it does not list');
    if (chunkOf(index) !== chunkOf(previous)) endChunk();
    chunk.push([index, { domain, digest: body.toString('hex', at + 6, at + entryLength) }]);
    previous = index;
  }
  endChunk();
  pieces.push(encoder.end());
  return Buffer.concat(pieces);
}
