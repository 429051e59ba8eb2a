import type { Kysely } from 'kysely';
import type { CollectionSpec, CollectionSpecs } from './collections.ts';
import { type Collection, Conflict, type Writer } from './database.ts';
import type { Dialect } from './dialect.ts';
import { columnText, fromRow, type Row, type Rows, sqlName, toRow } from './rows.ts';

/** Every collection on one connection or pool. `connection` is asked at each statement and throws when it has ended. */
export function sqlCollections<Tables>(
  specs: CollectionSpecs<Tables>,
  dialect: Dialect,
  connection: () => Kysely<Rows>,
): Writer<Tables> {
  const names = Object.keys(specs) as (keyof Tables & string)[];
  return Object.fromEntries(
    names.map(name => [name, sqlCollection(specs[name], sqlName(name), dialect, connection)]),
  ) as Writer<Tables>;
}

function sqlCollection<Item>(
  spec: CollectionSpec<Item>,
  table: string,
  dialect: Dialect,
  connection: () => Kysely<Rows>,
): Collection<Item> {
  const body = () => connection().selectFrom(table).select('body');

  /** Told before the insert, since a failed statement would end a PostgreSQL transaction that could go on. */
  async function refuseTaken({ id, unique_key }: Row): Promise<void> {
    if (unique_key === null) return;
    const other = connection()
      .selectFrom(table)
      .select('id')
      .where('unique_key', '=', unique_key)
      .where('id', '<>', id);
    if (await other.executeTakeFirst()) throw new Conflict(unique_key);
  }

  return {
    async get(id) {
      const row = await body().where('id', '=', columnText(id)).executeTakeFirst();
      return row && fromRow<Item>(row);
    },

    async getMany(ids) {
      const rows = await body()
        .where(dialect.memberOf('id', ids.map(columnText)))
        .execute();
      return rows.map(fromRow<Item>);
    },

    async list(where = {}, page = {}) {
      let query = body().orderBy('id');
      for (const [field, wanted] of Object.entries(where)) {
        const column = indexColumn(spec, field);
        query =
          typeof wanted === 'string'
            ? query.where(column, '=', columnText(wanted))
            : query.where(dialect.memberOf(column, wanted.map(columnText)));
      }
      if (page.after !== undefined) query = query.where('id', '>', columnText(page.after));
      if (page.limit !== undefined) query = query.limit(page.limit);
      return (await query.execute()).map(fromRow<Item>);
    },

    async put(item) {
      const row = toRow(spec, item);
      await refuseTaken(row);
      const columns = Object.keys(row).filter(column => column !== 'id');
      await connection()
        .insertInto(table)
        .values(row)
        .onConflict(conflict =>
          conflict
            .column('id')
            .doUpdateSet(given =>
              Object.fromEntries(columns.map(column => [column, given.ref(`excluded.${column}`)])),
            ),
        )
        .execute();
    },

    async delete(id) {
      await connection().deleteFrom(table).where('id', '=', columnText(id)).execute();
    },
  };
}

function indexColumn<Item>(spec: CollectionSpec<Item>, field: string): string {
  if (!Object.hasOwn(spec.indexes, field)) throw new Error(`The collection has no index '${field}'`);
  return sqlName(field);
}
