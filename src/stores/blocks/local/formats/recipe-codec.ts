/**
 * A recipe, which says where a block's pages lie:
 *
 *     for each run, ascending by page:
 *       pages between it and the run before (varint)  count - 1 (varint)
 *       segment number minus that of the run before (signed varint)  from (varint)
 *     tag 16
 *
 * The tag is an HMAC-SHA-256 under the domain's recipe key, cut, over "AMRC", version u8, domain (u16 length, UTF-8),
 * digest 32 and the runs.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { BlockReference } from '../../../../domain/manifest.ts';
import { ofLastKey } from '../keys/of-last-key.ts';
import { MalformedFile, text } from './byte-reader.ts';
import { pagesPerBlock, type Run } from './recipe.ts';
import { pushSignedVarint, pushVarint, varintReader } from './varint.ts';

const prefix = Buffer.from('AMRC\x01', 'latin1');
const bindingPrefix = Buffer.from('AMS1\x01', 'latin1');
const recipeTagLength = 16;
const secretKey = ofLastKey(createSecretKey);
/** The longest a recipe can be: a run for each page, with numbers as long as they can be. */
export const maxRecipeLength = pagesPerBlock * (1 + 1 + 8 + 1) + recipeTagLength;

/** @param key the domain's recipe key */
export function encodeRecipe(reference: BlockReference, runs: readonly Run[], key: Buffer): Buffer {
  const out: number[] = [];
  let page = 0;
  let segment = 0;
  for (const run of runs) {
    pushVarint(out, run.page - page);
    pushVarint(out, run.count - 1);
    pushSignedVarint(out, run.segment - segment);
    pushVarint(out, run.from);
    page = run.page + run.count;
    segment = run.segment;
  }
  const body = Buffer.from(out);
  return Buffer.concat([body, tagOf(reference, body, key)]);
}

/** @throws MalformedFile when the tag does not match or the runs are none */
export function decodeRecipe(reference: BlockReference, bytes: Uint8Array, key: Buffer): Run[] {
  const body = bytes.subarray(0, Math.max(0, bytes.length - recipeTagLength));
  const tag = bytes.subarray(body.length);
  if (tag.length !== recipeTagLength || !timingSafeEqual(tag, tagOf(reference, body, key)))
    throw new MalformedFile('Recipe does not match its tag');
  return parseRuns(body);
}

/** The runs of a recipe whose tag is not looked at: to mark garbage, where a wrong recipe may only keep too much. */
export function runsOf(bytes: Uint8Array): Run[] {
  return parseRuns(bytes.subarray(0, Math.max(0, bytes.length - recipeTagLength)));
}

/**
 * What ties the number of a segment in format 1, whose framing does not know it, to the digest of the block it was.
 * @param key the domain's recipe key
 */
export function segmentBinding(reference: BlockReference, number: number, key: Buffer): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(number));
  return hmac(key, bindingPrefix, reference, out);
}

function parseRuns(body: Uint8Array): Run[] {
  const reader = varintReader(body, 'Recipe');
  const runs: Run[] = [];
  let page = 0;
  let segment = 0;
  while (!reader.atEnd()) {
    page += reader.unsigned();
    const count = reader.unsigned() + 1;
    segment += reader.signed();
    const from = reader.unsigned();
    if (page + count > pagesPerBlock || from + count > pagesPerBlock)
      throw new MalformedFile(`Recipe has a run of ${count} pages at ${page}, from page ${from}`);
    if (!Number.isSafeInteger(segment) || segment < 1)
      throw new MalformedFile(`Recipe names segment ${segment}`);
    runs.push({ page, count, segment, from });
    page += count;
  }
  return runs;
}

function tagOf(reference: BlockReference, body: Uint8Array, key: Buffer): Buffer {
  return hmac(key, prefix, reference, body);
}

function hmac(key: Buffer, head: Buffer, { domain, digest }: BlockReference, body: Uint8Array): Buffer {
  return createHmac('sha256', secretKey(key))
    .update(head)
    .update(text(domain))
    .update(digest, 'hex')
    .update(body)
    .digest()
    .subarray(0, recipeTagLength);
}
