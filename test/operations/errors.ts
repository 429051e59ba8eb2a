/** Tables of errors: each row a call and how it is refused, with the code, the text and the status AWS has for it. */
import { expect, test } from 'vitest';
import type { Operation } from '../../src/operations/operation.ts';
import { refusal } from '../support/refusal.ts';
import { owner, type TestRegion } from './region.ts';

export interface Row {
  operation: Operation;
  input: object;
  code: string;
  message: string;
  /** 400 unless said. */
  status?: number;
  /** Who calls: the owner unless said. */
  caller?: string;
}

type Call = (region: TestRegion, row: Row) => Promise<[code: string, message: string, status: number]>;

const called: Call = (region, { operation, input, caller }) =>
  refusal(region.call(operation, input, caller ?? owner));

/** One test per row; none may change anything. */
export function refuses(
  region: () => TestRegion,
  rows: Readonly<Record<string, Row>>,
  call: Call = called,
): void {
  test.each(Object.entries(rows))('%s', async (_what, row) => {
    const before = await kept(region());
    const { jobs } = region();
    const queued = jobs.length;
    expect(await call(region(), row)).toEqual([row.code, row.message, row.status ?? 400]);
    expect(await kept(region())).toEqual(before);
    // A test region also collects the jobs of transactions that are rolled back, as those of dry runs are.
    if (row.code !== 'DryRunOperation') expect(jobs).toHaveLength(queued);
  });
}

function kept({ records }: TestRegion): Promise<unknown> {
  const { images, instances, volumes, keyPairs } = records.read;
  return Promise.all([images, instances, volumes, keyPairs].map(collection => collection.list()));
}
