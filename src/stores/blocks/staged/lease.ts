/**
 * One server at a time writes to a bucket. It renews its lease all the time; where it could not for a while it writes no
 * more until it can. Another takes the lease only after it has watched for longer than that and seen no renewal. Nobody
 * compares clocks.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectStore } from '../../objects/object-store.ts';
import { writeDurably } from '../local/files/durable-file.ts';
import { ignoreAbsence, isUsed, WrongPlace } from './claim.ts';
import { encodeMark, LeaseLost, latestMark, type Mark, putMark } from './lease-marks.ts';

export interface LeaseTimes {
  renewMs: number;
  /** After a renewal's begin it is relied on for so long. */
  validMs: number;
  /** A lease of another that was not renewed for so long is taken. Longer than `validMs` by what may still arrive. */
  silenceMs: number;
  lookMs: number;
}

/** At most, where the bucket does not answer. */
const releaseMs = 5_000;
const usual: LeaseTimes = { renewMs: 15_000, validMs: 45_000, silenceMs: 120_000, lookMs: 3_000 };

export interface LeaseOptions {
  objects: ObjectStore;
  /** Of the blocks: made by the one who claims the bucket. */
  folder: string;
  /** The bucket's URL. */
  name: string;
  times?: LeaseTimes;
  /** Told when it has to be waited for. */
  notice?(text: string): void;
}

export interface Lease {
  /** Aborted when it may be relied on no more. @throws LeaseLost when it may not now */
  permission(): AbortSignal;
  /** Ends what it permits; the next server need not wait. May be repeated. */
  release(): Promise<void>;
}

/** @throws WrongPlace when another server has it, or has had it since the folder was used */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const { objects, folder, name, times = usual, notice } = options;
  const holder = `${hostname()}:${resolve(folder)}`;
  const own = await readTerms(folder);
  let last = await latestMark(objects);
  const isOwn = last !== undefined && own.includes(last.term);
  if (last && !isOwn && (await isUsed(folder)))
    throw new WrongPlace(
      `${last.holder} wrote to ${name} after this server did: go on there, or move ${folder} away, and it is made anew from the bucket`,
    );
  // What this very folder's last server left is free: no other can be running in it.
  if (last && !(isOwn && last.holder === holder)) last = await untilSilent(last, options, times, notice);

  const term = randomBytes(12).toString('hex');
  // Before the mark: a crash between the two must not make the folder a stranger, in either order.
  await writeDurably(
    join(folder, 'lease'),
    Buffer.from(`${[...(isOwn ? [last!.term] : []), term].join('\n')}\n`),
  );
  const number = (last?.number ?? 0) + 1;
  try {
    const begun = performance.now();
    await putMark(objects, number, encodeMark({ holder, term, released: false }));
    return keepLease({ objects, name, times, holder, term, number, begun });
  } catch (cause) {
    if (!(cause instanceof LeaseLost)) throw cause;
    throw new WrongPlace(`Another server has just begun to use ${name}`, { cause });
  }
}

async function untilSilent(
  first: Mark,
  { objects, name }: LeaseOptions,
  { silenceMs, lookMs }: LeaseTimes,
  notice: LeaseOptions['notice'],
): Promise<Mark> {
  let last = first;
  const end = performance.now() + silenceMs;
  if (!last.released)
    notice?.(
      `${last.holder} did not let go of ${name}: waiting up to ${silenceMs / 1000} s to see it is gone`,
    );
  while (!last.released && performance.now() < end) {
    await delay(Math.min(lookMs, silenceMs));
    last = (await latestMark(objects)) ?? last;
    if (last.number !== first.number && !last.released)
      throw new WrongPlace(
        `${name} is in use by another server, ${last.holder}: name another prefix with --blocks`,
      );
  }
  return last;
}

interface Held {
  objects: ObjectStore;
  name: string;
  times: LeaseTimes;
  holder: string;
  term: string;
  number: number;
  begun: number;
}

function keepLease({ objects, name, times, holder, term, ...taken }: Held): Lease {
  let { number } = taken;
  let lost: LeaseLost | undefined;
  let released: Promise<void> | undefined;
  let valid = new AbortController();
  let expiry: NodeJS.Timeout | undefined;
  let next: NodeJS.Timeout | undefined;
  let renewing: Promise<void> = Promise.resolve();
  /** Kept until it is known to be there: an attempt whose answer was lost is repeated with the same bytes. */
  let mark = encodeMark({ holder, term, released: false });

  const expire = () =>
    valid.abort(
      new LeaseLost(`${name} was not reached for a while, so that another server may have taken it`),
    );
  const confirm = (begun: number) => {
    clearTimeout(expiry);
    if (valid.signal.aborted) valid = new AbortController();
    expiry = setTimeout(expire, Math.max(0, begun + times.validMs - performance.now())).unref();
  };
  const renew = async () => {
    const begun = performance.now();
    try {
      await putMark(objects, number + 1, mark);
      number++;
      mark = encodeMark({ holder, term, released: false });
      if (!released) confirm(begun);
    } catch (cause) {
      // All else may pass; until it has, the lease runs out.
      if (cause instanceof LeaseLost) {
        lost = new LeaseLost(`Another server has taken ${name}: this one writes no more`, { cause });
        valid.abort(lost);
      }
    }
    if (!lost && !released) schedule(begun + times.renewMs);
  };
  const schedule = (at: number) => {
    const start = () => {
      renewing = renew();
    };
    // A failure that comes at once is not to be repeated at once.
    next = setTimeout(start, Math.max(times.lookMs, at - performance.now())).unref();
  };
  const letGo = async () => {
    clearTimeout(next);
    clearTimeout(expiry);
    valid.abort(new LeaseLost(`${name} was let go`));
    const say = async () => {
      await renewing;
      if (!lost) await putMark(objects, number + 1, encodeMark({ holder, term, released: true }));
    };
    // Where it cannot be said, the next server has to wait.
    await Promise.race([say().catch(() => undefined), delay(releaseMs, undefined, { ref: false })]);
  };

  confirm(taken.begun);
  schedule(taken.begun + times.renewMs);
  return {
    permission() {
      if (lost) throw lost;
      valid.signal.throwIfAborted();
      return valid.signal;
    },
    release() {
      released ??= letGo();
      return released;
    },
  };
}

async function readTerms(folder: string): Promise<string[]> {
  const text = await ignoreAbsence(readFile(join(folder, 'lease'), 'utf8'));
  return text?.split('\n').filter(Boolean) ?? [];
}

/** Objects that are put and deleted only while the lease is held; closing them lets go of it. */
export function leasedObjects(objects: ObjectStore, lease: Lease): ObjectStore {
  return {
    ...objects,
    put: async (key, content, options) =>
      objects.put(key, content, { ...options, signal: lease.permission() }),
    delete: async key => objects.delete(key, { signal: lease.permission() }),
    async close() {
      await lease.release();
      await objects.close();
    },
  };
}
