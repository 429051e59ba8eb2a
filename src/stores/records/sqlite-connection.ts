import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import type { Rows } from './rows.ts';
import type { Run } from './sql-collection.ts';

/** Statements kept prepared; the texts are few, since lists of values are one parameter. */
const preparedLimit = 200;

/** The one connection that writes. A commit is on disk when it returns: WAL, synced at every commit. */
export function openWriter(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma journal_size_limit = 67108864');
  return database;
}

/** A connection that sees the last commit, whatever the writer has under way. */
export function openReader(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  // 64 MiB: the upper pages of every index of a million records, so that a lookup reads one page of the file.
  database.exec('pragma cache_size = -65536');
  return database;
}

export function kyselyOn(database: DatabaseSync): Kysely<Rows> {
  return sqliteQueries(database).kysely;
}

/**
 * Two ways to the same connection: Kysely's, and a straight one for compiled queries, whose rows are there at once; to a
 * connection on which no transaction is open it makes no other difference.
 */
export function sqliteQueries(database: DatabaseSync): { kysely: Kysely<Rows>; run: Run } {
  const prepare = preparedStatements(database);
  return {
    kysely: new Kysely<Rows>({
      dialect: new SqliteDialect({ database: asKyselyExpects(database, prepare) }),
    }),
    run: async ({ sql, parameters }) => prepare(sql).all(...(parameters as SQLInputValue[])),
  };
}

function preparedStatements(database: DatabaseSync): (text: string) => StatementSync {
  const prepared = new Map<string, StatementSync>();
  return text => {
    const statement = prepared.get(text) ?? database.prepare(text);
    prepared.delete(text);
    prepared.set(text, statement);
    if (prepared.size > preparedLimit) prepared.delete(prepared.keys().next().value!);
    return statement;
  };
}

/** Kysely's dialect is written for better-sqlite3; `node:sqlite` differs in how parameters are passed. */
function asKyselyExpects(database: DatabaseSync, prepare: (text: string) => StatementSync): SqliteDatabase {
  return {
    prepare(text) {
      const statement = prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: parameters => statement.all(...(parameters as SQLInputValue[])),
        run: parameters => statement.run(...(parameters as SQLInputValue[])),
        iterate: parameters => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
    close: () => database.close(),
  };
}
