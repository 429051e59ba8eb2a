import type { DatabaseSync } from 'node:sqlite';
import type { CollectionSpecs } from './collections.ts';
import type { Database } from './database.ts';
import { sqliteDialect } from './dialect.ts';
import { groupCommit } from './group-commit.ts';
import { migrate } from './migrations/migrate.ts';
import type { Migration } from './migrations/migration.ts';
import { sqlCollections } from './sql-collection.ts';
import { kyselyOn, openReader, openWriter, sqliteQueries } from './sqlite-connection.ts';
import { explainSqliteError } from './sqlite-errors.ts';
import { sqliteScanner } from './sqlite-scanner.ts';
import { withinScope } from './transaction-scope.ts';

/**
 * Records in an SQLite file: one connection writes, another reads the last commit meanwhile,
 * a third scans beside the event loop.
 * @throws RecordsUnavailable when the file cannot be opened or was written by a newer Amity.
 */
export async function openSqlite<Tables>(
  file: string,
  specs: CollectionSpecs<Tables>,
  migrations: readonly Migration[],
): Promise<Database<Tables>> {
  const { writer, reader } = await openMigrated(file, migrations);
  const commits = groupCommit(writer);
  const writing = kyselyOn(writer);
  const { kysely: reading, run } = sqliteQueries(reader);
  const scanner = sqliteScanner(file);
  let closing: Promise<void> | undefined;

  return {
    read: sqlCollections(specs, sqliteDialect, () => reading, { read: run, scan: scanner.scan }),

    async transaction(work) {
      if (closing) throw new Error(`The records in ${file} are closed`);
      try {
        return await commits.run(() =>
          withinScope(writing, current => work(sqlCollections(specs, sqliteDialect, current))),
        );
      } catch (error) {
        throw explainSqliteError(error, file);
      }
    },

    close() {
      closing ??= commits.drained().then(async () => {
        await scanner.close();
        // The writer last: it then folds the log into the file.
        reader.close();
        writer.close();
      });
      return closing;
    },
  };
}

async function openMigrated(file: string, migrations: readonly Migration[]) {
  let writer: DatabaseSync | undefined;
  try {
    writer = openWriter(file);
    writer.exec('begin immediate');
    await migrate(kyselyOn(writer), sqliteDialect, migrations, file);
    writer.exec('commit');
    return { writer, reader: openReader(file) };
  } catch (error) {
    writer?.close();
    throw explainSqliteError(error, file);
  }
}
