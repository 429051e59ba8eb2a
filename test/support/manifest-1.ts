import { createHash } from 'node:crypto';
import { type BlockReference, blockSize } from '../../src/domain/manifest.ts';

const u16 = (value: number) => Buffer.from([value >>> 8, value & 255]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string) => Buffer.concat([u16(Buffer.byteLength(value)), Buffer.from(value)]);

/** A manifest file as the first releases wrote it. It stays as it is, so that what they wrote stays readable. */
export function encodeManifest1(manifest: {
  snapshotId: string;
  volumeSize: number;
  blocks: ReadonlyMap<number, BlockReference>;
}): Buffer {
  const entries = [...manifest.blocks].sort(([a], [b]) => a - b);
  const domains = [...new Set(entries.map(([, { domain }]) => domain))];
  const volumeSize = Buffer.alloc(8);
  volumeSize.writeBigUInt64BE(BigInt(manifest.volumeSize));
  const content = Buffer.concat([
    Buffer.from('AMITYMAN'),
    u16(1),
    text(manifest.snapshotId),
    volumeSize,
    u32(blockSize),
    u16(domains.length),
    ...domains.map(text),
    u32(entries.length),
    ...entries.map(([index, { domain, digest }]) =>
      Buffer.concat([u32(index), u16(domains.indexOf(domain)), Buffer.from(digest, 'hex')]),
    ),
  ]);
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}
