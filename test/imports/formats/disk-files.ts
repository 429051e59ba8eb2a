import type { FileReader } from '../../../src/imports/formats/file-reader.ts';

/** Heads of disk files, byte for byte, for tests of what reads them. */

export const fileOf = (bytes: Buffer): FileReader => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

const eight = 8n * 1024n ** 3n;

export function qcow2(
  fields: { version?: number; backing?: number; size?: bigint; incompatible?: bigint } = {},
): Buffer {
  const { version = 3, backing = 0, size = eight, incompatible = 0n } = fields;
  const bytes = Buffer.alloc(65_536);
  bytes.write('QFI\xfb', 0, 'latin1');
  bytes.writeUInt32BE(version, 4);
  bytes.writeBigUInt64BE(BigInt(backing), 8);
  bytes.writeUInt32BE(backing ? 10 : 0, 16);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(size, 24);
  bytes.writeBigUInt64BE(incompatible, 72);
  bytes.writeUInt32BE(104, 100);
  return bytes;
}

export function vmdk(fields: { capacity?: bigint; descriptor?: string } = {}): Buffer {
  const { capacity = eight / 512n, descriptor } = fields;
  const bytes = Buffer.alloc(512 * 21);
  bytes.write('KDMV');
  bytes.writeUInt32LE(3, 4);
  bytes.writeBigUInt64LE(capacity, 12);
  bytes.writeBigUInt64LE(1n, 28);
  bytes.writeBigUInt64LE(20n, 36);
  const usual = 'parentCID=ffffffff\ncreateType="streamOptimized"\nRW 16777216 SPARSE "a.vmdk"\n';
  bytes.write(`# Disk DescriptorFile\nversion=1\n${descriptor ?? usual}`, 512);
  return bytes;
}

/** A footer: type 2 is fixed, 3 dynamic, 4 differencing. */
export function vhd(type: number): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write('conectix');
  bytes.writeBigUInt64BE(eight, 48);
  bytes.writeUInt32BE(type, 60);
  return bytes;
}

export function vhdx(fields: { flags?: number; size?: bigint } = {}): Buffer {
  const { flags = 0, size = eight } = fields;
  const bytes = Buffer.alloc(1024 * 1024);
  const metadata = 384 * 1024;
  bytes.write('vhdxfile');
  for (const table of [192 * 1024, 256 * 1024]) {
    bytes.write('regi', table);
    bytes.writeUInt32LE(1, table + 8);
    bytes.write('06a27c8b90479a4bb8fe575f050f886e', table + 16, 'hex');
    bytes.writeBigUInt64LE(BigInt(metadata), table + 32);
    bytes.writeUInt32LE(1024 * 1024, table + 40);
  }
  bytes.write('metadata', metadata);
  bytes.writeUInt16LE(2, metadata + 10);
  bytes.write('3767a1ca36fa434db3b633f0aa44e76b', metadata + 32, 'hex');
  bytes.writeUInt32LE(65_536, metadata + 48);
  bytes.write('2442a52f1bcd7648b2115dbed83bf4b8', metadata + 64, 'hex');
  bytes.writeUInt32LE(65_544, metadata + 80);
  bytes.writeUInt32LE(flags, metadata + 65_540);
  bytes.writeBigUInt64LE(size, metadata + 65_544);
  return bytes;
}

export function ova(members: [name: string, bytes: Buffer][], type = '0'): Buffer {
  const parts = members.flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write(' '.repeat(8), 148);
    header.write(type, 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}
