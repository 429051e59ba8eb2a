import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { type Rows, sqlName } from '../rows.ts';

/** One step of a database's schema. Once released it never changes: the next step does. */
export interface Migration {
  name: string;
  up(schema: Schema): Promise<void>;
}

/** What a migration may do, the same on both databases. */
export interface Schema {
  /** A table of items: id, JSON body, unique key, and an indexed column for each field looked up. */
  createCollection(name: string, fields: readonly string[]): Promise<void>;
}

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
  };
}
