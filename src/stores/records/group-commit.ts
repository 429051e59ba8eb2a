import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

/** Transactions that may share one commit: enough to hide the sync, few enough that readers get their turn. */
const groupLimit = 64;

interface Member {
  /** Runs inside a savepoint; never rejects. Undoing it when it has thrown is up to the group. */
  run(): Promise<{ thrown?: unknown; ok: boolean }>;
  settle(): void;
  reject(error: unknown): void;
}

/**
 * Runs transactions one after another, those waiting together inside one SQLite transaction: each in a savepoint of
 * its own, so that one that throws undoes only itself, then one commit, one sync, and only then are they told.
 */
export function groupCommit(database: DatabaseSync) {
  const waiting: Member[] = [];
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // Lets the requests that came in during the last sync join this group.
      await setImmediate();
      await runGroup(database, waiting);
    }
    running = undefined;
  }

  return {
    run<T>(work: () => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        let settle = () => {};
        waiting.push({
          async run() {
            try {
              const result = await work();
              settle = () => resolve(result);
              return { ok: true };
            } catch (thrown) {
              settle = () => reject(thrown);
              return { ok: false, thrown };
            }
          },
          settle: () => settle(),
          reject,
        });
        running ??= drain();
      });
    },
    /** Resolves when all transactions are settled. */
    async drained(): Promise<void> {
      await running;
    },
  };
}

async function runGroup(database: DatabaseSync, waiting: Member[]): Promise<void> {
  const members: Member[] = [];
  try {
    database.exec('begin immediate');
    for (let next = waiting.shift(); next; next = members.length < groupLimit ? waiting.shift() : undefined) {
      members.push(next);
      database.exec('savepoint member');
      const { ok, thrown } = await next.run();
      // A full disk, say, ends the whole transaction and not just the member's part.
      if (!database.isTransaction) throw thrown;
      database.exec(ok ? 'release member' : 'rollback to member; release member');
    }
    database.exec('commit');
  } catch (error) {
    if (members.length === 0) members.push(...waiting.splice(0));
    for (const member of members) member.reject(error);
    rollBack(database);
    return;
  }
  for (const member of members) member.settle();
}

function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec('rollback');
  } catch {
    // The connection is beyond use: the next group's `begin` says so to everyone in it.
  }
}
