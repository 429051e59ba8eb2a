import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { blockSize } from '../../../../src/domain/manifest.ts';
import { MalformedFile } from '../../../../src/stores/blocks/local/formats/byte-reader.ts';
import {
  decodeStoredBlock,
  encodeStoredBlock,
} from '../../../../src/stores/blocks/local/formats/stored-block.ts';
import { unwrapKey, wrapKey } from '../../../../src/stores/blocks/local/keys/key-ring.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');
const digest = (byte: string) => byte.repeat(64);

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
