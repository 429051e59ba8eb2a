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
    expect(await call(region(), row)).toEqual([row.code, row.message, row.status ?? 400]);
    expect(await kept(region())).toEqual(before);
  });
}

async function kept({ records: { read }, jobs }: TestRegion): Promise<unknown> {
  const { images, instances, volumes, keyPairs } = read;
  const lists = [images, instances, volumes, keyPairs].map(collection => collection.list());
  return [await Promise.all(lists), jobs.length];
}
