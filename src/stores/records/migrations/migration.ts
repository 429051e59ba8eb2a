import { type Kysely, sql } from 'kysely';
import type { CollectionSpec } from '../collections.ts';
import type { Dialect } from '../dialect.ts';
import { insertKeyRows, keyRows, keysTable } from '../keyed-rows.ts';
import { fromRow, type Row, type Rows, sqlName, toRow } from '../rows.ts';

/** One step of a database's schema. Once released it never changes: the next step does. */
export interface Migration {
  name: string;
  up(schema: Schema): Promise<void>;
}

/** What a migration may do, the same on both databases. */
export interface Schema {
  /** A table of items: id, JSON body, unique key, and an indexed column for each field looked up. */
  createCollection(name: string, fields: readonly string[]): Promise<void>;
  /** Makes anew the table of a collection's keys from the items there are: at first, and when their keys have changed. */
  indexKeys<Item>(name: string, spec: CollectionSpec<Item>): Promise<void>;
  /** Gives each item of a collection to `visit`, in order of id. */
  each(name: string, visit: (item: Readonly<Record<string, unknown>>) => Promise<void>): Promise<void>;
  /** Inserts or replaces an item of a collection that is neither keyed nor unique in anything. */
  put<Item>(name: string, spec: Pick<CollectionSpec<Item>, 'id' | 'indexes'>, item: Item): Promise<void>;
}

const batch = 1_000;

export function schemaOf(connection: Kysely<Rows>, dialect: Dialect): Schema {
  return {
    async createCollection(name, fields) {
      const table = sqlName(name);
      let create = connection.schema
        .createTable(table)
        .addColumn('id', sql.raw(dialect.text), column => column.primaryKey())
        .addColumn('body', dialect.body, column => column.notNull())
        .addColumn('unique_key', sql.raw(dialect.text), column => column.unique());
      for (const field of fields) create = create.addColumn(sqlName(field), sql.raw(dialect.text));
      await create.execute();
      // With the id behind it an index answers a page in order.
      for (const field of fields)
        await connection.schema
          .createIndex(`${table}_by_${sqlName(field)}`)
          .on(table)
          .columns([sqlName(field), 'id'])
          .execute();
    },

    async indexKeys<Item>(name: string, { keyed }: CollectionSpec<Item>) {
      const table = sqlName(name);
      if (!keyed) throw new Error(`The collection ${name} has no keys`);
      await connection.schema.dropTable(keysTable(table)).ifExists().execute();
      const text = sql.raw<string>(dialect.text);
      await connection.schema
        .createTable(keysTable(table))
        .addColumn('key', text, column => column.notNull())
        .addColumn('place', text, column => column.notNull())
        .addColumn('id', text, column => column.notNull())
        .addPrimaryKeyConstraint(`${keysTable(table)}_in_order`, ['key', 'place', 'id'])
        .modifyEnd(dialect.keyTable)
        .execute();
      for await (const rows of batches(connection, table)) {
        const keys = rows.flatMap(row => keyRows(keyed, row.id, fromRow<Item>(row)));
        await insertKeyRows(connection, table, keys);
      }
    },

    async each(name, visit) {
      for await (const rows of batches(connection, sqlName(name)))
        for (const row of rows) await visit(fromRow(row));
    },

    async put(name, spec, item) {
      const row = toRow(spec, item);
      await connection
        .insertInto(sqlName(name))
        .values(row)
        .onConflict(conflict => conflict.column('id').doUpdateSet(row))
        .execute();
    },
  };
}

/** All rows of a collection, a thousand at a time. */
async function* batches(connection: Kysely<Rows>, table: string): AsyncGenerator<Pick<Row, 'id' | 'body'>[]> {
  for (let after = ''; ; ) {
    const rows = await connection
      .selectFrom(table)
      .select(['id', 'body'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(batch)
      .execute();
    yield rows;
    if (rows.length < batch) return;
    after = rows.at(-1)!.id;
  }
}
