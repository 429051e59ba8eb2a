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

/** One test per row; none may change anything. */
export function refuses(region: () => TestRegion, rows: Readonly<Record<string, Row>>): void {
  test.each(Object.entries(rows))(
    '%s',
    async (_what, { operation, input, code, message, status, caller }) => {
      const { records, jobs } = region();
      const before = await records.read.images.list();
      const queued = jobs.length;
      expect(await refusal(region().call(operation, input, caller ?? owner))).toEqual([
        code,
        message,
        status ?? 400,
      ]);
      expect(await records.read.images.list()).toEqual(before);
      expect(jobs).toHaveLength(queued);
    },
  );
}
