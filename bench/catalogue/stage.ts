/** A server whose catalogue was written in bulk, and what is asked of it. */
import { readFileSync } from 'node:fs';
import { type Amity, startAmity } from '../../test/support/amity.ts';
import { type Call, ec2Caller, type Load, load } from './client.ts';
import { fill } from './fill.ts';
import { type Crowd, imageOf, nameOf } from './images.ts';

/** Images that can be asked for. */
export interface Catalogue {
  readonly call: Call;
  readonly count: number;
  readonly crowd: Crowd;
}

export interface Stage extends Catalogue {
  readonly amity: Amity;
  /** Milliseconds from the start of the process to its first answer. */
  readonly restart: number;
  close(): Promise<void>;
}

/** The server makes its accounts and tables, stops, is given its images and starts again. */
export async function stage(data: string, count: number, records = `sqlite:${data}`): Promise<Stage> {
  const options = ['--regions', 'us-east-1', '--records', records];
  const first = await startAmity(data, ...options);
  await first.stop();
  const crowd = { caller: first.keys().accountId, amazon: first.keys('amazon').accountId, now: new Date() };
  await fill(records, count, crowd);
  const start = performance.now();
  const amity = await startAmity(data, ...options);
  const { call, close } = ec2Caller(amity.endpoint, amity.keys());
  await call({ Action: 'DescribeImages', 'ImageId.1': imageOf(0, count, crowd).imageId });
  return {
    ...{ amity, call, count, crowd },
    restart: performance.now() - start,
    async close() {
      close();
      await amity.stop();
    },
  };
}

/** Resident memory of the server in megabytes. */
export function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1000;
}

export type Question = 'byId' | 'byName' | 'page' | 'nextPage' | 'wildcard' | 'ownPage' | 'byTag';

/** The same questions of a catalogue of any size, each about other images every time. */
export async function questions({
  call,
  count,
  crowd,
}: Catalogue): Promise<Record<Question, (n: number) => Record<string, string>>> {
  const describe = { Action: 'DescribeImages' };
  const page = { ...describe, MaxResults: '1000' };
  const filter = (name: string, value: string) => ({
    ...describe,
    'Filter.1.Name': name,
    'Filter.1.Value.1': value,
  });
  // The caller's own are every fiftieth.
  const own = (n: number) => (n * 50 * 7) % count;
  const token = /<nextToken>([^<]+)</.exec((await call(page)).body)?.[1];
  return {
    byId: n => ({ ...describe, 'ImageId.1': imageOf(own(n), count, crowd).imageId }),
    byName: n => filter('name', nameOf(own(n))),
    page: () => page,
    nextPage: () => (token ? { ...page, NextToken: token } : page),
    wildcard: n => filter('name', `*-build.${String(own(n)).padStart(7, '0').slice(0, 6)}*`),
    ownPage: () => ({ ...page, 'Owner.1': 'self' }),
    byTag: n => filter('tag:build', String(own(n))),
  };
}

/** Each question in turn, in `concurrency` loops. */
export async function measure(
  at: Catalogue,
  concurrency: number,
  seconds: number,
): Promise<Record<Question, Load>> {
  const asked = await questions(at);
  const loads: [string, Load][] = [];
  for (const [name, next] of Object.entries(asked)) {
    // Warm: what is measured is a server that has run for a while.
    for (let n = 0; n < 5; n++) await at.call(next(n));
    loads.push([name, await load(at.call, concurrency, seconds, next)]);
  }
  return Object.fromEntries(loads) as Record<Question, Load>;
}
