/**
 * Who writes to a bucket, as the objects `lease/NUMBER` say: the one of the highest number counts. A mark is put only where
 * there is none of its number, and counts only if none is higher then, so that of two servers one finds out.
 */
import { randomBytes } from 'node:crypto';
import { ObjectConflict, ObjectMissing, type ObjectStore } from '../../objects/object-store.ts';
import { MalformedFile } from '../local/formats/byte-reader.ts';

export interface Mark {
  number: number;
  /** Machine and folder, for people. */
  holder: string;
  /** From one opening of the store to its end. */
  term: string;
  released: boolean;
}

/** Another server writes to the bucket now, or has since. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

const folder = 'lease/';

export async function latestMark(objects: ObjectStore): Promise<Mark | undefined> {
  for (let attempt = 0; ; attempt++) {
    const numbers = await numbersIn(objects);
    if (numbers.length === 0) return undefined;
    const number = Math.max(...numbers);
    try {
      return parse(number, await objects.get(keyOf(number)));
    } catch (error) {
      // A higher one was put between the two questions, and this one removed.
      if (!(error instanceof ObjectMissing) || attempt >= 5) throw error;
    }
  }
}

/** The same bytes each time they are asked for one mark, and never those of another: a put of them may be repeated. */
export function encodeMark({ holder, term, released }: Omit<Mark, 'number'>): Buffer {
  const nonce = randomBytes(12).toString('hex');
  return Buffer.from(`${JSON.stringify({ holder, term, released, nonce })}\n`);
}

/** @throws LeaseLost when this number or a higher one is there already */
export async function putMark(objects: ObjectStore, number: number, mark: Buffer): Promise<void> {
  try {
    await objects.put(keyOf(number), mark, { ifAbsent: true });
  } catch (cause) {
    if (cause instanceof ObjectConflict) throw new LeaseLost(`${keyOf(number)} is of another`, { cause });
    throw cause;
  }
  const numbers = await numbersIn(objects);
  // Older ones were removed by whoever put the higher one, this number's among them.
  if (Math.max(...numbers) > number) throw new LeaseLost(`${keyOf(number)} is not the last`);
  for (const older of numbers) if (older < number) await objects.delete(keyOf(older));
}

async function numbersIn(objects: ObjectStore): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { key } of objects.list(folder)) {
    const digits = /^\d{12}$/.exec(key.slice(folder.length))?.[0];
    if (digits) numbers.push(Number(digits));
  }
  return numbers;
}

function keyOf(number: number): string {
  return folder + String(number).padStart(12, '0');
}

function parse(number: number, bytes: Buffer): Mark {
  const broken = (cause?: unknown) => new MalformedFile(`${keyOf(number)} is no mark of a server`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw broken(cause);
  }
  const { holder, term, released } = (value ?? {}) as Record<string, unknown>;
  if (typeof holder !== 'string' || typeof term !== 'string' || typeof released !== 'boolean') throw broken();
  return { number, holder, term, released };
}
