import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, type PoolConfig } from 'pg';
import type { CollectionSpecs } from './collections.ts';
import type { Database } from './database.ts';
import { postgresDialect } from './dialect.ts';
import { migrate } from './migrations/migrate.ts';
import type { Migration } from './migrations/migration.ts';
import { explainPostgresError, placeOf } from './postgres-errors.ts';
import { retriedTransactions } from './postgres-transactions.ts';
import { RecordsUnavailable } from './records-unavailable.ts';
import type { Rows } from './rows.ts';
import { sqlCollections } from './sql-collection.ts';
import { transactionDeadline } from './transaction-scope.ts';

/**
 * Records in a schema of a PostgreSQL database. Transactions are serializable, as on SQLite.
 * @throws RecordsUnavailable when the server cannot be used; the message never shows the password.
 */
export async function openPostgres<Tables>(
  url: string,
  schema: string,
  specs: CollectionSpecs<Tables>,
  migrations: readonly Migration[],
  options: { connections?: number } = {},
): Promise<Database<Tables>> {
  const pool = new Pool(poolConfig(url, options.connections ?? 10));
  // An idle connection that the server closes is no event: the next query opens another.
  pool.on('error', () => {});
  const database = new Kysely<Rows>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);
  try {
    await prepare(database, schema, migrations, placeOf(url));
  } catch (error) {
    await database.destroy();
    throw explainPostgresError(error, url);
  }
  const transact = retriedTransactions(database);
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  return {
    read: sqlCollections(specs, postgresDialect, () => database),

    async transaction(work) {
      if (closing) throw new Error(`The records in ${placeOf(url)} are closed`);
      const result = transact(current => work(sqlCollections(specs, postgresDialect, current)));
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },

    close() {
      closing ??= Promise.allSettled(running).then(() => database.destroy());
      return closing;
    },
  };
}

function poolConfig(url: string, max: number): PoolConfig {
  return {
    connectionString: url,
    max,
    application_name: 'amity',
    connectionTimeoutMillis: 20_000,
    // Frees the locks of a transaction whose client is gone without a word.
    idle_in_transaction_session_timeout: 2 * transactionDeadline,
  };
}

async function prepare(
  database: Kysely<Rows>,
  schema: string,
  migrations: readonly Migration[],
  place: string,
): Promise<void> {
  await refuseForgetful(database, place);
  await database.transaction().execute(async transaction => {
    // Servers that start at once migrate one after another.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`amity ${schema}`}, 0))`.execute(transaction);
    await transaction.schema.createSchema(schema).ifNotExists().execute();
    await migrate(transaction.withSchema(schema), postgresDialect, migrations, `${place}, schema ${schema}`);
  });
}

/** An answered request must survive a power failure. */
async function refuseForgetful(database: Kysely<Rows>, place: string): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit']) {
    const { rows } = await sql<{ value: string }>`select current_setting(${setting}) as value`.execute(
      database,
    );
    if (rows[0]?.value === 'off')
      throw new RecordsUnavailable(
        `PostgreSQL at ${place} runs with ${setting} = off and would lose records in a power failure: set it to on.`,
      );
  }
}
