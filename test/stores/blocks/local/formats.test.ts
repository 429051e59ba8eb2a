import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { blockSize, type Manifest } from '../../../../src/domain/manifest.ts';
import { MalformedFile } from '../../../../src/stores/blocks/local/byte-reader.ts';
import { unwrapKey, wrapKey } from '../../../../src/stores/blocks/local/key-ring.ts';
import {
  decodeManifest,
  encodeManifest,
  viewManifest,
} from '../../../../src/stores/blocks/local/manifest-format.ts';
import { decodeStoredBlock, encodeStoredBlock } from '../../../../src/stores/blocks/local/stored-block.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');
const digest = (byte: string) => byte.repeat(64);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
const resealed = (content: Buffer) => Buffer.concat([content, sha256(content)]);

describe('a stored block', () => {
  const reference = { domain: 'd', digest: digest('a') };
  const sealed = { iv: Buffer.alloc(12, 1), ciphertext: Buffer.from('xyz'), tag: Buffer.alloc(16, 2) };

  test('has these bytes', () => {
    expect(hex(encodeStoredBlock(reference, true, sealed))).toBe(
      `414d424b${'01'}${'01'}${'0001'}${'64'}${digest('a')}${'01'.repeat(12)}00000003${'78797a'}${'02'.repeat(16)}`,
    );
    expect(decodeStoredBlock(encodeStoredBlock(reference, true, sealed))).toMatchObject({
      reference,
      zstd: true,
      length: 3,
    });
  });

  test('cut anywhere, lengthened or with unknown bits is refused', () => {
    const bytes = encodeStoredBlock(reference, false, sealed);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeStoredBlock(bytes.subarray(0, length))).toThrow(MalformedFile);
    expect(() => decodeStoredBlock(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(MalformedFile);
    for (const position of [0, 4, 5]) {
      const broken = Buffer.from(bytes);
      broken[position] = 0xff;
      expect(() => decodeStoredBlock(broken)).toThrow(MalformedFile);
    }
    const huge = Buffer.from(bytes);
    huge.writeUInt32BE(blockSize + 1, 9 + 32 + 12);
    expect(() => decodeStoredBlock(huge)).toThrow(/524289/);
  });
});

describe('a manifest file', () => {
  const manifest: Manifest = {
    snapshotId: 'snap-1',
    volumeSize: 8 * blockSize,
    blocks: new Map([
      [7, { domain: 'two', digest: digest('b') }],
      [0, { domain: 'one', digest: digest('a') }],
    ]),
  };

  test('has these bytes', () => {
    const content = Buffer.from(
      `414d4954594d414e0001${'0006'}${hex(Buffer.from('snap-1'))}0000000000400000${'00080000'}` +
        `0002${'0003'}${'6f6e65'}${'0003'}${'74776f'}00000002` +
        `00000000${'0000'}${digest('a')}00000007${'0001'}${digest('b')}`,
      'hex',
    );
    expect(hex(encodeManifest(manifest))).toBe(hex(resealed(content)));
  });

  test('is decoded again, in place and as a map', () => {
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
    const view = viewManifest(encodeManifest(manifest));
    expect([view.count, view.at(0), view.at(1), view.at(7), view.at(8)]).toEqual([
      2,
      manifest.blocks.get(0),
      undefined,
      manifest.blocks.get(7),
      undefined,
    ]);
    expect(decodeManifest(encodeManifest({ ...manifest, blocks: new Map() })).blocks.size).toBe(0);
  });

  test('cut, flipped or lengthened anywhere is refused', () => {
    const bytes = encodeManifest(manifest);
    for (let position = 0; position < bytes.length; position++) {
      expect(() => viewManifest(bytes.subarray(0, position))).toThrow(MalformedFile);
      const broken = Buffer.from(bytes);
      broken[position]! ^= 1;
      expect(() => viewManifest(broken)).toThrow(MalformedFile);
    }
    expect(() => viewManifest(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(MalformedFile);
  });

  test('with a true checksum and false contents is refused', () => {
    const content = encodeManifest(manifest).subarray(0, -32);
    const refused = (change: (bytes: Buffer) => void, message: RegExp) => {
      const changed = Buffer.from(content);
      change(changed);
      expect(() => viewManifest(resealed(changed))).toThrow(message);
    };
    const entriesAt = content.length - 2 * 38;
    refused(bytes => bytes.writeUInt32BE(7, entriesAt), /ascend/);
    refused(bytes => bytes.writeUInt32BE(8, entriesAt + 38), /behind the end/);
    refused(bytes => bytes.writeUInt16BE(2, entriesAt + 4), /key domain/);
    refused(bytes => bytes.writeUInt32BE(0xffffffff, entriesAt - 4), /ends inside its entries/);
    refused(bytes => bytes.writeBigUInt64BE(2n ** 60n, 18), /too large/);
    refused(bytes => bytes.writeUInt32BE(4096, 26), /blocks of 4096/);
  });
});

describe('a wrapped key', () => {
  test('opens only whole, under its own master key and domain', () => {
    const [dataKey, masterKey] = [randomBytes(32), randomBytes(32)];
    const file = wrapKey(dataKey, 'domain', masterKey);
    expect(unwrapKey(file, 'domain', masterKey)).toEqual(dataKey);
    expect(() => unwrapKey(file, 'domain', randomBytes(32))).toThrow(/use the master key file/);
    expect(() => unwrapKey(file, 'other', masterKey)).toThrow(/other/);
    const renamed = Buffer.from(file);
    renamed.write('niamod', 12);
    expect(() => unwrapKey(renamed, 'niamod', masterKey)).toThrow(/does not open/);
    for (let length = 0; length < file.length; length++)
      expect(() => unwrapKey(file.subarray(0, length), 'domain', masterKey)).toThrow(MalformedFile);
  });
});
