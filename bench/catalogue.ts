/**
 * DescribeImages over a region of 10,000 to 1,000,000 images, asked over HTTP with signed requests; and the rates of the
 * control plane beside those of moto_server, where that is installed. CATALOGUE_SIZES, CATALOGUE_SECONDS and
 * CATALOGUE_POSTGRES=no make it shorter.
 */
import { rmSync } from 'node:fs';
import { temporaryFolder } from '../test/support/amity.ts';
import { endEverything } from '../test/support/leftovers.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { besideMoto } from './catalogue/beside-moto.ts';
import type { Load } from './catalogue/client.ts';
import { measure, memoryOf, type Question, type Stage, stage } from './catalogue/stage.ts';
import type { Row } from './row.ts';

interface Measured {
  count: number;
  alone: Record<Question, Load>;
  together: Record<Question, Load>;
  memory: number;
  restart: number;
}

/** Limits in milliseconds of the 99th percentile, one request at a time. */
const limits: Partial<Record<Question, number>> = {
  byId: 3,
  byName: 3,
  page: 15,
  nextPage: 15,
  wildcard: 60,
};
/** What PostgreSQL may take longer. */
const postgresFactor = 3;

export async function run(): Promise<Row[]> {
  const sizes = (process.env.CATALOGUE_SIZES ?? '10000,100000,1000000').split(',').map(Number);
  const seconds = Number(process.env.CATALOGUE_SECONDS ?? 5);
  const sqlite: Measured[] = [];
  for (const count of sizes) sqlite.push(await measureAt(count, seconds));
  const rows = [...sqlite.flatMap(one => rowsOf(one, 'SQLite', 1)), growth(sqlite)];
  if (process.env.CATALOGUE_POSTGRES !== 'no') {
    const cluster = await startPostgres();
    try {
      const records = await cluster.createDatabase('catalogue');
      rows.push(...rowsOf(await measureAt(sizes.at(-1)!, seconds, records), 'PostgreSQL', postgresFactor));
    } finally {
      await cluster.stop();
    }
  }
  return [...rows, ...(await besideMoto(seconds))];
}

async function measureAt(count: number, seconds: number, records?: string): Promise<Measured> {
  const data = temporaryFolder('bench-catalogue');
  let at: Stage | undefined;
  try {
    at = await stage(data, count, records);
    const alone = await measure(at, 1, seconds);
    const together = await measure(at, 8, seconds);
    return { count, alone, together, memory: memoryOf(at.amity.pid), restart: at.restart };
  } finally {
    await at?.close();
    await endEverything(data);
    rmSync(data, { recursive: true, force: true });
  }
}

function rowsOf({ count, alone, together, memory, restart }: Measured, store: string, factor: number): Row[] {
  const at = `${count.toLocaleString('en')} images, ${store}`;
  const times = (Object.keys(alone) as Question[]).flatMap(question => {
    const one = alone[question];
    const eight = together[question];
    const limit = limits[question];
    return [
      row(`${question}, ${at}: p99 ms at c=1`, one.p99, limit && limit * factor),
      row(`${question}, ${at}: p50 ms at c=1`, one.p50),
      row(`${question}, ${at}: requests/s at c=8`, eight.perSecond),
    ];
  });
  return [
    ...times,
    row(`resident MB, ${at}`, memory, 1000),
    row(`restart to first answer, ms, ${at}`, restart, 5000),
  ];
}

/** Pages must not cost more because there are more images to page through. */
function growth(measured: readonly Measured[]): Row {
  const [least, most] = [measured[0]!, measured.at(-1)!];
  const [peer, ours] = [least.alone.nextPage.p50, most.alone.nextPage.p50];
  return {
    goal: 'G14',
    what: `a 1,000-image page of ${most.count} images beside one of ${least.count}, p50 ms`,
    ...{ ours, peer, ratio: ours / peer, target: '≤ 1.2', ok: ours / peer <= 1.2 },
    rounds: { ours: [ours], peer: [peer] },
  };
}

function row(what: string, ours: number, limit?: number): Row {
  return {
    goal: 'G14',
    what,
    ours,
    peer: null,
    ratio: null,
    target: limit === undefined ? '' : `≤ ${limit}`,
    ok: limit === undefined || ours <= limit,
    rounds: { ours: [ours] },
  };
}
