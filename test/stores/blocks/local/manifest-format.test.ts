import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { blockSize, chunkBlocks, type ManifestEntry } from '../../../../src/domain/manifest.ts';
import { MalformedFile } from '../../../../src/stores/blocks/local/formats/byte-reader.ts';
import {
  decodeDirectory,
  decodeManifestTrailer,
  manifestEncoder,
  manifestHeaderLength,
  manifestTrailerLength,
  manifestVersion,
  viewChunk,
} from '../../../../src/stores/blocks/local/formats/manifest-format.ts';
import { upgradeManifest1 } from '../../../../src/stores/blocks/local/formats/manifest-format-1.ts';
import { encodeManifest1 } from '../../../support/manifest-1.ts';

const digest = (byte: string) => byte.repeat(64);
const hex = (text: string) => Buffer.from(text).toString('hex');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

const summary = { snapshotId: 'snap-1', volumeSize: (chunkBlocks + 8) * blockSize };
const entries: ManifestEntry[] = [
  [0, { domain: 'one', digest: digest('a') }],
  [7, { domain: 'two', digest: digest('b') }],
  [chunkBlocks + 1, { domain: 'one', digest: digest('c') }],
];

function encode(): Buffer {
  const encoder = manifestEncoder(summary);
  return Buffer.concat([
    encoder.header(),
    encoder.chunk(0, entries.slice(0, 2)),
    encoder.chunk(1, entries.slice(2)),
    encoder.end(),
  ]);
}

/** Reads a whole file as `openManifestFile` does. */
function decode(bytes: Buffer) {
  if (manifestVersion(bytes.subarray(0, manifestHeaderLength)) !== 2) throw new MalformedFile('version');
  const { directoryLength, digest } = decodeManifestTrailer(bytes.subarray(-manifestTrailerLength));
  const offset = bytes.length - manifestTrailerLength - directoryLength;
  if (offset < manifestHeaderLength) throw new MalformedFile('too long');
  const directory = decodeDirectory(bytes.subarray(offset, offset + directoryLength), digest, offset);
  const listed = [...directory.chunks].flatMap(([number, { offset, entryCount }]) => [
    ...viewChunk(bytes.subarray(offset, offset + entryCount * 36), number, directory).entries(),
  ]);
  return { directory, listed };
}

/** The file with another directory under a true checksum. */
function withDirectory(change: (directory: Buffer) => void): Buffer {
  const bytes = encode();
  const { directoryLength } = decodeManifestTrailer(bytes.subarray(-manifestTrailerLength));
  const directory = bytes.subarray(-manifestTrailerLength - directoryLength, -manifestTrailerLength);
  change(directory);
  sha256(directory).copy(bytes, bytes.length - manifestTrailerLength + 4);
  return bytes;
}

describe('a manifest file', () => {
  test('has these bytes', () => {
    const one = Buffer.from(`00000000${digest('a')}00070001${digest('b')}`, 'hex');
    const two = Buffer.from(`00010000${digest('c')}`, 'hex');
    const directory = Buffer.from(
      `0006${hex('snap-1')}${'0000000080400000'}${'00080000'}${'00001000'}0002${'0003'}${hex('one')}0003${hex('two')}` +
        `00000002` +
        `00000000${'000000000000000a'}0002${sha256(one).toString('hex')}` +
        `00000001${'0000000000000052'}0001${sha256(two).toString('hex')}`,
      'hex',
    );
    const length = Buffer.alloc(4);
    length.writeUInt32BE(directory.length);
    expect(encode().toString('hex')).toBe(
      `${hex('AMITYMAN')}0002${one.toString('hex')}${two.toString('hex')}${directory.toString('hex')}` +
        `${length.toString('hex')}${sha256(directory).toString('hex')}${hex('AMITYEND')}`,
    );
  });

  test('is decoded again', () => {
    const { directory, listed } = decode(encode());
    expect(directory).toMatchObject({ ...summary, blockCount: 3, domains: ['one', 'two'] });
    expect(listed).toEqual(entries);
  });

  test('copied chunk by chunk it is the same file', () => {
    const bytes = encode();
    const { directory } = decode(bytes);
    const encoder = manifestEncoder(summary, directory.domains);
    const chunks = [...directory.chunks].map(([number, { offset, entryCount, sha256 }]) =>
      encoder.copy(number, {
        entryCount,
        sha256,
        bytes: bytes.subarray(offset, offset + entryCount * 36),
      }),
    );
    expect(Buffer.concat([encoder.header(), ...chunks, encoder.end()]).equals(bytes)).toBe(true);
    expect(encoder.blockCount).toBe(3);
  });

  test('cut, flipped or lengthened anywhere is refused', () => {
    const bytes = encode();
    for (let position = 0; position < bytes.length; position++) {
      expect(() => decode(bytes.subarray(0, position))).toThrow(MalformedFile);
      const broken = Buffer.from(bytes);
      broken[position]! ^= 1;
      expect(() => decode(broken), `byte ${position}`).toThrow(MalformedFile);
    }
    expect(() => decode(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(MalformedFile);
  });

  test('with true checksums and any other directory is decoded or refused, never anything else', () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 5_000; round++) {
      const bytes = withDirectory(directory => {
        for (let changes = 1 + random(3); changes > 0; changes--)
          directory[random(directory.length)] = [0, 1, 0x7f, 0xff, random(256)][random(5)]!;
      });
      try {
        const { directory, listed } = decode(bytes);
        expect(listed.length).toBe(directory.blockCount);
        for (const [index, { domain }] of listed) {
          expect(index * blockSize).toBeLessThan(directory.volumeSize);
          expect(domain).toBeTypeOf('string');
        }
      } catch (error) {
        if (!(error instanceof MalformedFile)) throw error;
      }
    }
  });

  test('with a true checksum and a false directory is refused', () => {
    const rows = 2 * 46;
    const refused = (change: (bytes: Buffer) => void, message: RegExp) =>
      expect(() => decode(withDirectory(change))).toThrow(message);
    refused(bytes => bytes.writeBigUInt64BE(2n ** 60n, 8), /too large/);
    refused(bytes => bytes.writeBigUInt64BE(513n, 8), /volume size of 513/);
    refused(bytes => bytes.writeUInt32BE(4096, 16), /blocks of 4096/);
    refused(bytes => bytes.writeUInt32BE(8, 20), /chunks of 8/);
    refused(bytes => bytes.writeUInt32BE(0xffffffff, bytes.length - rows - 4), /list of chunks/);
    refused(bytes => bytes.writeUInt32BE(1, bytes.length - rows - 4), /too many/);
    refused(bytes => bytes.writeUInt32BE(1, bytes.length - rows), /ascend/);
    refused(bytes => bytes.writeUInt32BE(2, bytes.length - 46), /behind the end/);
    refused(bytes => bytes.writeUInt16BE(0, bytes.length - 34), /0 entries/);
    refused(bytes => bytes.writeUInt16BE(chunkBlocks + 1, bytes.length - 34), /4097 entries/);
    refused(bytes => bytes.writeUInt16BE(2, bytes.length - 34), /directory begins/);
    refused(bytes => bytes.writeBigUInt64BE(10n, bytes.length - 42), /not where/);
  });

  test('with true checksums and false entries is refused', () => {
    const refused = (changed: ManifestEntry[], number: number, message: RegExp) => {
      const encoder = manifestEncoder(summary);
      const bytes = [encoder.header(), encoder.chunk(number, changed), encoder.end()];
      expect(() => decode(Buffer.concat(bytes))).toThrow(message);
    };
    const block = { domain: 'one', digest: digest('a') };
    refused([[7, block], [7, block]], 0, /ascend/); // biome-ignore format: one case, one line
    refused([[8, block], [7, block]], 0, /ascend/); // biome-ignore format: one case, one line
    refused([[chunkBlocks, block]], 0, /behind the end of its chunk/);
    refused([[chunkBlocks + 8, block]], 1, /behind the end/);
    const encoder = manifestEncoder(summary);
    const foreign = Buffer.from(`00000001${digest('a')}`, 'hex');
    const chunk = encoder.copy(0, { bytes: foreign, entryCount: 1, sha256: sha256(foreign) });
    expect(() => decode(Buffer.concat([encoder.header(), chunk, encoder.end()]))).toThrow(/key domain/);
  });
});

describe('a manifest file of version 1', () => {
  const manifest = { ...summary, blocks: new Map(entries.toReversed()) };

  test('has these bytes', () => {
    const small = { snapshotId: 'snap-1', volumeSize: 8 * blockSize, blocks: new Map(entries.slice(0, 2)) };
    const content = Buffer.from(
      `414d4954594d414e0001${'0006'}${hex('snap-1')}0000000000400000${'00080000'}` +
        `0002${'0003'}${'6f6e65'}${'0003'}${'74776f'}00000002` +
        `00000000${'0000'}${digest('a')}00000007${'0001'}${digest('b')}`,
      'hex',
    );
    expect(encodeManifest1(small).equals(Buffer.concat([content, sha256(content)]))).toBe(true);
  });

  test('becomes one of version 2', () => {
    expect(upgradeManifest1(encodeManifest1(manifest)).equals(encode())).toBe(true);
    const empty = decode(upgradeManifest1(encodeManifest1({ ...summary, blocks: new Map() })));
    expect(empty).toMatchObject({ directory: { blockCount: 0 }, listed: [] });
  });

  test('cut, flipped or lengthened anywhere is refused', () => {
    const bytes = encodeManifest1(manifest);
    for (let position = 0; position < bytes.length; position++) {
      expect(() => upgradeManifest1(bytes.subarray(0, position))).toThrow(MalformedFile);
      const broken = Buffer.from(bytes);
      broken[position]! ^= 1;
      expect(() => upgradeManifest1(broken)).toThrow(MalformedFile);
    }
    expect(() => upgradeManifest1(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(MalformedFile);
  });

  test('with a true checksum and false contents is refused', () => {
    const content = encodeManifest1(manifest).subarray(0, -32);
    const refused = (change: (bytes: Buffer) => void, message: RegExp) => {
      const changed = Buffer.from(content);
      change(changed);
      expect(() => upgradeManifest1(Buffer.concat([changed, sha256(changed)]))).toThrow(message);
    };
    const entriesAt = content.length - 3 * 38;
    refused(bytes => bytes.writeUInt32BE(7, entriesAt), /ascend/);
    refused(bytes => bytes.writeUInt32BE(chunkBlocks + 8, entriesAt + 2 * 38), /behind the end/);
    refused(bytes => bytes.writeUInt16BE(2, entriesAt + 4), /key domain/);
    refused(bytes => bytes.writeUInt32BE(0xffffffff, entriesAt - 4), /ends inside its entries/);
    refused(bytes => bytes.writeBigUInt64BE(2n ** 60n, 18), /too large/);
    refused(bytes => bytes.writeUInt32BE(4096, 26), /blocks of 4096/);
  });
});
