import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import type { Rows } from './rows.ts';

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
  return new DatabaseSync(file, { readOnly: true, timeout: 5000 });
}

export function kyselyOn(database: DatabaseSync): Kysely<Rows> {
  return new Kysely<Rows>({ dialect: new SqliteDialect({ database: asKyselyExpects(database) }) });
}

/** Kysely's dialect is written for better-sqlite3; `node:sqlite` differs in how parameters are passed. */
function asKyselyExpects(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, StatementSync>();
  return {
    prepare(text) {
      const statement = prepared.get(text) ?? database.prepare(text);
      prepared.delete(text);
      prepared.set(text, statement);
      if (prepared.size > preparedLimit) prepared.delete(prepared.keys().next().value!);
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
