import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { blockSize } from '../../../../src/domain/manifest.ts';
import { digestOf, sealBlock, unsealBlock } from '../../../../src/stores/blocks/local/block-cipher.ts';
import { MalformedFile } from '../../../../src/stores/blocks/local/byte-reader.ts';
import { unwrapKey, wrapKey } from '../../../../src/stores/blocks/local/key-ring.ts';
import {
  decodePackFooter,
  decodePackHeader,
  decodePackTrailer,
  encodePackFooter,
  encodePackHeader,
  packTrailerLength,
} from '../../../../src/stores/blocks/local/pack-format.ts';
import { decodeStoredBlock, encodeStoredBlock } from '../../../../src/stores/blocks/local/stored-block.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');
const digest = (byte: string) => byte.repeat(64);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

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

  test('opens only under its own key, domain and digest, and compresses only where it helps', async () => {
    const dataKey = randomBytes(32);
    const text = Buffer.alloc(blockSize, 'text');
    const noise = randomBytes(blockSize);
    for (const [plain, compressed] of [
      [text, true],
      [noise, false],
    ] as const) {
      const own = { domain: 'd', digest: digestOf(plain) };
      const stored = await sealBlock(own, plain, dataKey);
      expect(decodeStoredBlock(stored).zstd).toBe(compressed);
      expect((await unsealBlock(own, stored, dataKey, 'here')).equals(plain)).toBe(true);
      await expect(unsealBlock(own, stored, randomBytes(32), 'here')).rejects.toThrow(/corrupt \(here\)/);
      // Under another name: the header is rewritten to match, the tag is not.
      const { iv, ciphertext, tag } = decodeStoredBlock(stored);
      for (const other of [
        { ...own, domain: 'e' },
        { ...own, digest: digest('b') },
      ]) {
        await expect(unsealBlock(other, stored, dataKey, 'here')).rejects.toThrow(/corrupt/);
        const renamed = encodeStoredBlock(other, compressed, { iv, ciphertext, tag });
        await expect(unsealBlock(other, renamed, dataKey, 'here')).rejects.toThrow(/corrupt/);
      }
    }
  });
});

describe('a pack', () => {
  const entries = [
    { reference: { domain: 'one', digest: digest('a') }, offset: 16, length: 100 },
    { reference: { domain: 'two', digest: digest('b') }, offset: 116, length: 50 },
  ];
  const split = (bytes: Buffer) => {
    const { footerLength, digest } = decodePackTrailer(bytes.subarray(-packTrailerLength));
    expect(footerLength).toBe(bytes.length - packTrailerLength);
    return { footer: bytes.subarray(0, footerLength), digest };
  };

  test('has these bytes', () => {
    expect(hex(encodePackHeader())).toBe('414d49545950434b0001000000000000');
    const footer = Buffer.from(
      `0002${'0003'}${'6f6e65'}${'0003'}${'74776f'}00000002` +
        `0000${digest('a')}00000010${'00000064'}0001${digest('b')}00000074${'00000032'}`,
      'hex',
    );
    expect(hex(encodePackFooter(entries))).toBe(
      `${hex(footer)}0000006${'4'}${hex(sha256(footer))}${hex(Buffer.from('AMITYEND'))}`,
    );
  });

  test('footers are decoded again, and refused when damaged or pointing outside', () => {
    const { footer, digest } = split(encodePackFooter(entries));
    expect(decodePackFooter(footer, digest, 166)).toEqual(entries);
    expect(() => decodePackFooter(footer, digest, 165)).toThrow(/outside/);
    for (let position = 0; position < footer.length; position++) {
      const broken = Buffer.from(footer);
      broken[position]! ^= 1;
      expect(() => decodePackFooter(broken, digest, 166)).toThrow(MalformedFile);
    }
    for (let length = 0; length < footer.length; length++) {
      const cut = footer.subarray(0, length);
      expect(() => decodePackFooter(cut, sha256(cut), 166)).toThrow(MalformedFile);
    }
    expect(() => decodePackTrailer(Buffer.alloc(packTrailerLength))).toThrow(/not sealed/);
    expect(() => decodePackHeader(Buffer.from('AMITYPCK\0\x02\0\0\0\0\0\0'))).toThrow(/version 2/);
    expect(() => decodePackHeader(Buffer.alloc(15))).toThrow(MalformedFile);
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
