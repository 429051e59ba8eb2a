/**
 * Recipes as they lie in a pack, from which a lost index is rebuilt (big-endian):
 *
 *     "AMRB"  version u8  domain (u16 length, UTF-8)  length u32 of the entries
 *     each: digest 32  cost u32  recipe (u16 length)
 *     SHA-256 of all before 32
 *
 * Recipes carry tags of their own, so that nothing here needs a key.
 */
import { hash } from 'node:crypto';
import { byteReader, MalformedFile, text, u16, u32 } from './byte-reader.ts';
import { maxRecipeLength } from './recipe-codec.ts';
import { maxDomainLength } from './stored-block.ts';

export const batchMagic = Buffer.from('AMRB');
const version = 1;
/** Recipes in one batch at most. */
export const maxBatchEntries = 512;
const maxEntriesLength = maxBatchEntries * (32 + 4 + 2 + maxRecipeLength);
/** The longest a batch's header can be. */
export const maxBatchHeaderLength = 5 + 2 + maxDomainLength + 4;
export const maxBatchLength = maxBatchHeaderLength + maxEntriesLength + 32;

export interface RecipeEntry {
  /** Lower-case hex. */
  digest: string;
  /** Stored bytes the block has added. */
  cost: number;
  recipe: Uint8Array;
}

export function encodeRecipeBatch(domain: string, entries: readonly RecipeEntry[]): Buffer {
  const body = Buffer.concat(
    entries.flatMap(({ digest, cost, recipe }) => [
      Buffer.from(digest, 'hex'),
      u32(cost),
      u16(recipe.length),
      recipe,
    ]),
  );
  const content = Buffer.concat([batchMagic, Buffer.from([version]), text(domain), u32(body.length), body]);
  return Buffer.concat([content, hash('sha256', content, 'buffer')]);
}

/** Bytes of the whole batch whose beginning `bytes` holds; it may end anywhere behind the header. */
export function batchLength(bytes: Buffer): number {
  const { length, headerLength } = decodeHeader(bytes);
  return headerLength + length + 32;
}

/** Decodes a whole batch; `bytes` must be exactly it. @throws MalformedFile */
export function decodeRecipeBatch(bytes: Buffer): { domain: string; entries: RecipeEntry[] } {
  const { domain, headerLength, length } = decodeHeader(bytes);
  const end = headerLength + length;
  if (bytes.length !== end + 32)
    throw new MalformedFile(`Recipe batch has ${bytes.length} bytes where its header says ${end + 32}`);
  if (!hash('sha256', bytes.subarray(0, end), 'buffer').equals(bytes.subarray(end)))
    throw new MalformedFile('Recipe batch does not match its checksum');
  const body = bytes.subarray(headerLength, end);
  const reader = byteReader(body, 'Recipe batch');
  const entries: RecipeEntry[] = [];
  while (reader.position < body.length) {
    const digest = reader.bytes(32, 'a digest').toString('hex');
    const cost = reader.u32('a cost');
    const recipe = reader.bytes(reader.u16('a length'), 'a recipe');
    if (recipe.length > maxRecipeLength || entries.push({ digest, cost, recipe }) > maxBatchEntries)
      throw new MalformedFile('Recipe batch holds more than it may');
  }
  return { domain, entries };
}

function decodeHeader(bytes: Buffer) {
  const reader = byteReader(bytes, 'Recipe batch');
  if (!reader.bytes(4, 'its magic').equals(batchMagic))
    throw new MalformedFile('Recipe batch does not begin with AMRB');
  const found = reader.u8('its version');
  if (found !== version)
    throw new MalformedFile(`Recipe batch has version ${found}; this program reads ${version}`);
  const domain = reader.text('its key domain', maxDomainLength);
  const length = reader.u32('its length');
  if (length > maxEntriesLength) throw new MalformedFile(`Recipe batch has ${length} bytes of entries`);
  return { domain, length, headerLength: reader.position };
}
