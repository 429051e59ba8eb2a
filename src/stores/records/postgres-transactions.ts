import { setTimeout } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Rows } from './rows.ts';
import { withinScope } from './transaction-scope.ts';

/** Tries before a transaction is given up; with pauses of up to a fifth of a second in between. */
const attempts = 30;
const longestPause = 200;

/**
 * Serialization failure, deadlock; and a unique key taken at the same moment by a transaction that this one could not
 * see: the next try sees it and tells of the conflict.
 */
const retried = new Set(['40001', '40P01', '23505']);

/** Runs serializable transactions, again where the server says that they conflicted with others. */
export function retriedTransactions(database: Kysely<Rows>) {
  return async function transaction<T>(work: (current: () => Kysely<Rows>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await database
          .transaction()
          .setIsolationLevel('serializable')
          .execute(transaction => withinScope<Kysely<Rows>, T>(transaction, work));
      } catch (error) {
        if (attempt === attempts || !isConflict(error)) throw error;
        await setTimeout(Math.random() * Math.min(longestPause, 2 ** attempt));
      }
    }
  };
}

/** Also when `work` has wrapped the error, or swallowed it so that the commit found the transaction aborted. */
function isConflict(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && retried.has(cause.code)) return true;
    if (cause.name === 'AbortedTransactionError') return true;
  }
  return false;
}
