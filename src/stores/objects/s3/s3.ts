/** Objects in a bucket of any S3. An object goes up by a single PUT, so that it is there whole or not at all. */
import { createHash } from 'node:crypto';
import { checkedPiece, keyPrefix, objectKey } from '../keys.ts';
import {
  largestWhole,
  ObjectConflict,
  ObjectMissing,
  type ObjectStore,
  ObjectTooShort,
} from '../object-store.ts';
import { digestOf, exactly, sourceOf } from '../source.ts';
import { type Answer, BrokenAnswer } from './exchange.ts';
import { listObjects } from './list.ts';
import { type S3Options, s3Requests } from './requests.ts';

/** Pieces of at most so many bytes, which somebody waits for, have less time for one attempt. */
const smallPiece = { bytes: 2 * 1024 * 1024, mostMs: 15_000 };
/** SHA-256 of the bytes, kept with each object: ETags of encrypted or multipart objects say nothing about them. */
const digestHeader = 'x-amz-meta-sha256';

export function s3Objects(options: S3Options): ObjectStore {
  const requests = s3Requests(options);
  const { send, where } = requests;

  /** Missing objects are an answer of their own; a HEAD does not tell a missing bucket from a missing object, a GET does. */
  const headers = async (key: string): Promise<Answer['headers'] | undefined> => {
    const head = await send({ method: 'HEAD', key, expected: ['200', '404'], check: sizeOf });
    if (head.status === 200) return head.headers;
    const first = { range: 'bytes=0-0' };
    const expected = ['404 NoSuchKey', '206', '200', '416 InvalidRange', '416'];
    const get = await send({ method: 'GET', key, headers: first, expected, mostBytes: largestWhole });
    if (get.status === 404) return undefined;
    // Put between the two questions.
    return (await send({ method: 'HEAD', key, expected: ['200'], check: sizeOf })).headers;
  };

  const isThere = async (key: string, size: number, digest: string): Promise<boolean> => {
    const found = await headers(key);
    if (found === undefined || Number(found['content-length']) !== size) return false;
    const noted = found[digestHeader];
    if (noted !== undefined) return noted === digest;
    const { body } = await send({ method: 'GET', key, expected: ['200'], mostBytes: largestWhole });
    return createHash('sha256').update(body).digest('hex') === digest;
  };

  return {
    async put(key, content, { ifAbsent = false, signal } = {}) {
      objectKey(key);
      const source = sourceOf(content);
      const digest = await digestOf(source);
      const { status } = await send({
        method: 'PUT',
        key,
        headers: { [digestHeader]: digest, ...(ifAbsent ? { 'if-none-match': '*' } : {}) },
        body: { digest, size: source.size, open: () => exactly(source) },
        expected: ifAbsent ? ['200', '412 PreconditionFailed'] : ['200'],
        signal,
      });
      // Also where an earlier attempt of this very put succeeded and its answer was lost.
      if (status === 412 && !(await isThere(key, source.size, digest))) throw new ObjectConflict(key, where);
    },
    async get(key, piece) {
      objectKey(key);
      const wanted = piece && checkedPiece(piece);
      const range = wanted && `bytes=${wanted.offset}-${wanted.offset + wanted.length - 1}`;
      const { status, body } = await send({
        method: 'GET',
        key,
        ...(range && { headers: { range } }),
        mostBytes: wanted?.length ?? largestWhole,
        ...(wanted && wanted.length <= smallPiece.bytes && { mostMs: smallPiece.mostMs }),
        expected: [wanted ? '206' : '200', '404 NoSuchKey', ...(wanted ? ['416 InvalidRange'] : [])],
        check: answer => {
          if (answer.status === 206) checkRange(answer, range!, key);
        },
      });
      if (status === 404) throw new ObjectMissing(key, where);
      if (wanted && body.length < wanted.length) throw new ObjectTooShort(key, wanted);
      if (wanted && status === 416) throw new ObjectTooShort(key, wanted);
      return body;
    },
    async head(key) {
      const found = await headers(objectKey(key));
      return found && { size: Number(found['content-length']) };
    },
    list: prefix => listObjects(requests, options.location.prefix, keyPrefix(prefix)),
    async delete(key, { signal } = {}) {
      const expected = ['204', '200', '404 NoSuchKey'];
      await send({ method: 'DELETE', key: objectKey(key), expected, signal });
    },
    async close() {
      requests.close();
    },
  };
}

/** A HEAD's Content-Length is the object's size. */
function sizeOf({ status, headers }: Answer): void {
  if (status === 200 && !/^\d{1,15}$/.test(headers['content-length'] ?? ''))
    throw new BrokenAnswer('The answer does not say how large the object is');
}

/** The piece that came must be the one asked for, or, where the object ends inside it, its beginning up to that end. */
function checkRange({ headers, body }: Answer, range: string, key: string): void {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers['content-range'] ?? '');
  const [start, end, size] = (match ?? []).slice(1).map(Number);
  const [wantedStart, wantedEnd] = range.slice('bytes='.length).split('-').map(Number);
  const right =
    match !== null &&
    start === wantedStart &&
    end === Math.min(wantedEnd!, size! - 1) &&
    body.length === end! - start! + 1;
  if (!right)
    throw new BrokenAnswer(
      `asked for ${range} of ${key}, got ${body.length} bytes as "${headers['content-range'] ?? 'no range'}"`,
    );
}
