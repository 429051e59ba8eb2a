import { createHmac, hash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MalformedFile } from '../../../../src/stores/blocks/local/formats/byte-reader.ts';
import {
  decodePackFooter,
  decodePackHeader,
  decodePackTrailer,
  encodePackFooter,
  encodePackHeader,
  type PackContents,
  packTrailerLength,
} from '../../../../src/stores/blocks/local/formats/pack-format.ts';
import { pageSize } from '../../../../src/stores/blocks/local/formats/recipe.ts';
import {
  batchLength,
  decodeRecipeBatch,
  encodeRecipeBatch,
} from '../../../../src/stores/blocks/local/formats/recipe-batch.ts';
import {
  decodeRecipe,
  encodeRecipe,
  maxRecipeLength,
} from '../../../../src/stores/blocks/local/formats/recipe-codec.ts';
import {
  decodeSegmentHeader,
  decodeStoredSegment,
  encodeSegmentHeader,
  maxStoredSegmentLength,
  storedSegmentLength,
} from '../../../../src/stores/blocks/local/formats/stored-segment.ts';
import {
  checkSegment,
  openSegment,
  sealSegment,
} from '../../../../src/stores/blocks/local/keys/segment-cipher.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');
const digest = (byte: string) => byte.repeat(64);
const sha256 = (bytes: Buffer) => hash('sha256', bytes, 'buffer');

/** Every beginning of the bytes, and the bytes with each single bit of each byte's lowest changed. */
function* damaged(bytes: Buffer) {
  for (let length = 0; length < bytes.length; length++) yield bytes.subarray(0, length);
  yield Buffer.concat([bytes, Buffer.alloc(1)]);
  for (let position = 0; position < bytes.length; position++) {
    const broken = Buffer.from(bytes);
    broken[position]! ^= 1;
    yield broken;
  }
}

describe('a stored segment', () => {
  const name = { domain: 'd', number: 300, pages: 2 };

  test('has these bytes', () => {
    const header = encodeSegmentHeader(name, true, Buffer.alloc(12, 1), 3);
    expect(hex(header)).toBe(
      `414d5347${'02'}${'01'}${'0001'}${'64'}${'000000000000012c'}${'02'}${'01'.repeat(12)}00000003`,
    );
    expect(decodeSegmentHeader(Buffer.concat([header, Buffer.alloc(9)]))).toMatchObject({
      ...name,
      zstd: true,
      length: 3,
      headerLength: header.length,
    });
    expect(storedSegmentLength(decodeSegmentHeader(header))).toBe(header.length + 3 + 16);
  });

  test('opens only under its own key and name, and compresses only where it helps', () => {
    const key = randomBytes(32);
    for (const [plain, compressed] of [
      [Buffer.alloc(2 * pageSize, 'text'), true],
      [randomBytes(2 * pageSize), false],
    ] as const) {
      // In place, as the writer does it.
      const target = Buffer.alloc(maxStoredSegmentLength);
      plain.copy(target);
      const length = sealSegment(name, target.subarray(0, plain.length), key, 1, target);
      const stored = Buffer.from(target.subarray(0, length));
      expect(decodeStoredSegment(stored).zstd).toBe(compressed);
      expect(openSegment(name, stored, key).equals(plain)).toBe(true);
      checkSegment(stored, key);
      expect(() => openSegment(name, stored, randomBytes(32))).toThrow();
      for (const other of [
        { ...name, domain: 'e' },
        { ...name, number: 301 },
        { ...name, pages: 3 },
      ]) {
        expect(() => openSegment(other, stored, key)).toThrow(/in its place/);
        // Under another name: the header is rewritten to match, the tag is not.
        const { iv, ciphertext, tag, zstd } = decodeStoredSegment(stored);
        const renamed = [encodeSegmentHeader(other, zstd, iv, ciphertext.length), ciphertext, tag];
        expect(() => openSegment(other, Buffer.concat(renamed), key)).toThrow(/authenticate/);
      }
    }
  });

  test('cut, lengthened or changed anywhere is refused', () => {
    const key = randomBytes(32);
    const target = Buffer.alloc(maxStoredSegmentLength);
    const length = sealSegment(name, Buffer.alloc(2 * pageSize, 'x'), key, 1, target);
    for (const bytes of damaged(target.subarray(0, length)))
      expect(() => openSegment(name, bytes, key)).toThrow();
  });
});

describe('a recipe', () => {
  const reference = { domain: 'd', digest: digest('a') };
  const key = Buffer.alloc(32, 7);
  const runs = [
    { page: 0, count: 3, segment: 300, from: 125 },
    { page: 3, count: 1, segment: 299, from: 0 },
    { page: 10, count: 118, segment: 2 ** 40, from: 10 },
  ];

  test('has these bytes', () => {
    const body = `00${'02'}${'d804'}${'7d'}${'00'}${'00'}${'01'}${'00'}${'06'}${'75'}${'aafbffffff3f'}${'0a'}`;
    const tagged = Buffer.from(`414d524301${'0001'}64${digest('a')}${body}`, 'hex');
    const tag = createHmac('sha256', key).update(tagged).digest('hex').slice(0, 32);
    expect(hex(encodeRecipe(reference, runs, key))).toBe(body + tag);
    expect(encodeRecipe(reference, [], key).length).toBe(16);
  });

  test('comes back, whatever it says', () => {
    for (let round = 0; round < 300; round++) {
      const random: typeof runs = [];
      for (let page = 0; page < 128; ) {
        page += Math.floor(Math.random() * 3);
        const count = Math.min(1 + Math.floor(Math.random() * (round % 2 ? 2 : 60)), 128 - page);
        if (count < 1) break;
        const segment = 1 + Math.floor(Math.random() * 2 ** (1 + (round % 50)));
        random.push({ page, count, segment, from: Math.floor(Math.random() * (129 - count)) });
        page += count;
      }
      const bytes = encodeRecipe(reference, random, key);
      expect(bytes.length).toBeLessThanOrEqual(maxRecipeLength);
      expect(decodeRecipe(reference, bytes, key)).toEqual(random);
    }
  });

  test('changed anywhere, or another block’s, or under another key, is refused', () => {
    const bytes = encodeRecipe(reference, runs, key);
    for (const broken of damaged(bytes))
      expect(() => decodeRecipe(reference, broken, key)).toThrow(MalformedFile);
    for (const other of [
      { domain: 'e', digest: digest('a') },
      { domain: 'd', digest: digest('b') },
    ])
      expect(() => decodeRecipe(other, bytes, key)).toThrow(/tag/);
    expect(() => decodeRecipe(reference, bytes, Buffer.alloc(32))).toThrow(/tag/);
  });

  test('that names pages outside a block or a segment is refused, its tag right or not', () => {
    for (const run of [
      { page: 127, count: 2, segment: 1, from: 0 },
      { page: 0, count: 2, segment: 1, from: 127 },
      { page: 0, count: 1, segment: 0, from: 0 },
    ])
      expect(() => decodeRecipe(reference, encodeRecipe(reference, [run], key), key)).toThrow(MalformedFile);
  });
});

describe('a batch of recipes', () => {
  const entries = [
    { digest: digest('a'), cost: 258, recipe: Buffer.from('xy') },
    { digest: digest('b'), cost: 0, recipe: Buffer.from('z') },
  ];

  test('has these bytes, and comes back', () => {
    const content = Buffer.from(
      `414d524201${'0001'}64${'0000004f'}${digest('a')}000001020002${'7879'}${digest('b')}000000000001${'7a'}`,
      'hex',
    );
    const bytes = encodeRecipeBatch('d', entries);
    expect(hex(bytes)).toBe(hex(Buffer.concat([content, sha256(content)])));
    expect(batchLength(bytes.subarray(0, 20))).toBe(bytes.length);
    expect(decodeRecipeBatch(bytes)).toEqual({ domain: 'd', entries });
  });

  test('cut, lengthened or changed anywhere is refused', () => {
    for (const broken of damaged(encodeRecipeBatch('d', entries)))
      expect(() => decodeRecipeBatch(broken)).toThrow(MalformedFile);
  });
});

describe('a pack', () => {
  const old: PackContents = {
    version: 1,
    blocks: [
      { reference: { domain: 'one', digest: digest('a') }, offset: 16, length: 100 },
      { reference: { domain: 'two', digest: digest('b') }, offset: 116, length: 50 },
    ],
  };
  const contents: PackContents = {
    version: 2,
    segments: [
      { domain: 'one', number: 258, format: 2, pages: 128, offset: 16, length: 100 },
      { domain: 'two', number: 7, format: 1, pages: 128, offset: 116, length: 40 },
    ],
    batches: [{ offset: 156, length: 10 }],
  };
  const split = (bytes: Buffer) => {
    const { footerLength, digest } = decodePackTrailer(bytes.subarray(-packTrailerLength));
    expect(footerLength).toBe(bytes.length - packTrailerLength);
    return { footer: bytes.subarray(0, footerLength), digest };
  };

  test('has these bytes', () => {
    expect(hex(encodePackHeader(1))).toBe('414d49545950434b0001000000000000');
    expect(hex(encodePackHeader(2))).toBe('414d49545950434b0002000000000000');
    const lists: [PackContents, string][] = [
      [
        old,
        `00000002${`0000${digest('a')}00000010${'00000064'}`}${`0001${digest('b')}00000074${'00000032'}`}`,
      ],
      [
        contents,
        `00000002${'0000'}${'0000000000000102'}02800000001000000064${'0001'}${'0000000000000007'}01800000007400000028` +
          `00000001${'0000009c'}${'0000000a'}`,
      ],
    ];
    for (const [listed, list] of lists) {
      const footer = Buffer.from(`0002${'0003'}${'6f6e65'}${'0003'}${'74776f'}${list}`, 'hex');
      const length = footer.length.toString(16).padStart(8, '0');
      expect(hex(encodePackFooter(listed))).toBe(
        `${hex(footer)}${length}${hex(sha256(footer))}${hex(Buffer.from('AMITYEND'))}`,
      );
    }
  });

  test('footers are decoded again, and refused when damaged or pointing outside', () => {
    for (const listed of [old, contents]) {
      const { version } = listed;
      const { footer, digest } = split(encodePackFooter(listed));
      expect(decodePackFooter(version, footer, digest, 166)).toEqual(listed);
      expect(() => decodePackFooter(version, footer, digest, 165)).toThrow(/outside/);
      for (let position = 0; position < footer.length; position++) {
        const broken = Buffer.from(footer);
        broken[position]! ^= 1;
        expect(() => decodePackFooter(version, broken, digest, 166)).toThrow(MalformedFile);
      }
      for (let length = 0; length < footer.length; length++) {
        const cut = footer.subarray(0, length);
        expect(() => decodePackFooter(version, cut, sha256(cut), 166)).toThrow(MalformedFile);
      }
    }
    expect(() => decodePackTrailer(Buffer.alloc(packTrailerLength))).toThrow(/not sealed/);
    expect(() => decodePackHeader(Buffer.from('AMITYPCK\0\x03\0\0\0\0\0\0'))).toThrow(/version 3/);
    expect(() => decodePackHeader(Buffer.alloc(15))).toThrow(MalformedFile);
  });
});
