import type { Kysely } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { RecordsUnavailable } from '../records-unavailable.ts';
import type { Rows } from '../rows.ts';
import { type Migration, schemaOf } from './migration.ts';

interface Applied {
  migrations: { number: number; name: string };
}

/**
 * Brings the schema to the last of `migrations`. Call it inside a transaction that excludes other migrators.
 * @throws RecordsUnavailable when the database has a migration that this list does not know.
 */
export async function migrate(
  transaction: Kysely<Rows>,
  dialect: Dialect,
  migrations: readonly Migration[],
  place: string,
): Promise<void> {
  const applied = transaction as unknown as Kysely<Applied>;
  await applied.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('number', 'integer', column => column.primaryKey())
    .addColumn('name', 'text', column => column.notNull())
    .execute();
  const rows = await applied.selectFrom('migrations').selectAll().orderBy('number').execute();
  const newest = rows.at(-1)?.number ?? 0;
  if (newest > migrations.length)
    throw new RecordsUnavailable(
      `The records in ${place} were written by a newer Amity (${rows.at(-1)!.name}). ` +
        'Start that version or a newer one, or restore a backup made before it.',
    );
  for (const [index, migration] of migrations.entries()) {
    if (index < newest) continue;
    await migration.up(schemaOf(transaction, dialect));
    await applied
      .insertInto('migrations')
      .values({ number: index + 1, name: migration.name })
      .execute();
  }
}
