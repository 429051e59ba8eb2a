import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { groupCommit } from '../../../src/stores/records/group-commit.ts';

/** A database in memory that notes its commits and can be made to fail. */
function open() {
  const database = new DatabaseSync(':memory:');
  database.exec('create table t (n integer)');
  let commits = 0;
  const failing: { at?: string } = {};
  const noted = {
    get isTransaction() {
      return database.isTransaction;
    },
    exec(statement: string) {
      if (statement === failing.at) throw new Error(`no ${statement}`);
      if (statement === 'commit') commits++;
      database.exec(statement);
    },
  } as DatabaseSync;
  const { run, drained } = groupCommit(noted);
  const rows = () =>
    database
      .prepare('select n from t order by n')
      .all()
      .map(row => row.n);
  const insert = (n: number) => run(async () => database.exec(`insert into t values (${n})`));
  return { database, run, drained, rows, insert, failing, commits: () => commits };
}

describe('transactions that wait together', () => {
  it('share one commit', async () => {
    const { insert, rows, commits } = open();
    await Promise.all([1, 2, 3].map(insert));
    expect(rows()).toEqual([1, 2, 3]);
    expect(commits()).toBe(1);
  });

  it('are told only after the commit', async () => {
    const { insert, run, commits } = open();
    const commitsWhenTold: number[] = [];
    await Promise.all([
      insert(1).then(() => commitsWhenTold.push(commits())),
      run(async () => Promise.reject(new Error('no'))).catch(() => commitsWhenTold.push(commits())),
    ]);
    expect(commitsWhenTold).toEqual([1, 1]);
  });

  it('are committed in groups of a bounded size', async () => {
    const { insert, rows, commits } = open();
    await Promise.all(Array.from({ length: 200 }, (_, n) => insert(n)));
    expect(rows()).toHaveLength(200);
    expect(commits()).toBe(4);
  });

  it('all fail when the commit fails, and the next group goes on', async () => {
    const { insert, rows, failing } = open();
    failing.at = 'commit';
    const outcomes = await Promise.allSettled([insert(1), insert(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    failing.at = undefined;
    await insert(3);
    expect(rows()).toEqual([3]);
  });

  it('all fail when the transaction cannot begin', async () => {
    const { insert, failing } = open();
    failing.at = 'begin immediate';
    const outcomes = await Promise.allSettled([insert(1), insert(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('all fail with what was thrown when a member loses the whole transaction', async () => {
    const { database, run, insert, rows } = open();
    const full = new Error('disk full');
    const lose = () =>
      run(async () => {
        database.exec('rollback');
        throw full;
      });
    const outcomes = await Promise.allSettled([insert(1), lose(), insert(2)]);
    expect(outcomes.slice(0, 2)).toEqual([
      { status: 'rejected', reason: full },
      { status: 'rejected', reason: full },
    ]);
    expect(outcomes[2]?.status).toBe('fulfilled');
    expect(rows()).toEqual([2]);
  });
});
