import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { CollectionSpec, CollectionSpecs } from './collections.ts';
import { type Collection, Conflict, type Where, type Writer } from './database.ts';
import type { Dialect } from './dialect.ts';
import { bodiesUnder, keyRows, moveKeys } from './keyed-rows.ts';
import { withinPrefix } from './pattern-sql.ts';
import { columnText, fromRow, type Row, type Rows, sqlName, toRow } from './rows.ts';

/** Runs a query and gives its rows. */
export type Run = (query: CompiledQuery) => Promise<readonly unknown[]>;

/**
 * Every collection on one connection or pool. `connection` is asked at each statement and throws when it has ended.
 * @param ways that are shorter than through the connection: for the reads that most requests make, and for queries that may
 *   look at every row of a table, which `scan` runs where they delay nobody.
 */
export function sqlCollections<Tables>(
  specs: CollectionSpecs<Tables>,
  dialect: Dialect,
  connection: () => Kysely<Rows>,
  ways: { read?: Run; scan?: Run } = {},
): Writer<Tables> {
  const usual: Run = async query => (await connection().executeQuery(query)).rows;
  const { read = usual, scan = usual } = ways;
  const names = Object.keys(specs) as (keyof Tables & string)[];
  return Object.fromEntries(
    names.map(name => [name, sqlCollection(specs[name], sqlName(name), dialect, connection, { read, scan })]),
  ) as Writer<Tables>;
}

function sqlCollection<Item>(
  spec: CollectionSpec<Item>,
  table: string,
  dialect: Dialect,
  connection: () => Kysely<Rows>,
  { read, scan }: { read: Run; scan: Run },
): Collection<Item> {
  const body = () => connection().selectFrom(table).select('body');
  /** Compiled once: making the text of a lookup takes longer than the lookup. */
  const byId = once(() => body().where('id', '=', '').compile());
  const byIds = once(() => body().where(dialect.memberOf('id', [])).compile());

  const lists = new Map<string, CompiledQuery>();

  /** A list's text, whatever its values: those are the parameters, in the order of the fields, then the page's. */
  function listQuery(where: Where, page: { after?: string; limit?: number }): CompiledQuery {
    const fields = Object.entries(where).map(
      ([field, wanted]) => [field, typeof wanted === 'string'] as const,
    );
    const form = JSON.stringify([fields, page.after !== undefined, page.limit !== undefined]);
    let compiled = lists.get(form);
    if (!compiled) {
      let query = body().orderBy('id');
      for (const [field, isOne] of fields) {
        const column = indexColumn(spec, field);
        query = isOne ? query.where(column, '=', '') : query.where(dialect.memberOf(column, []));
      }
      if (page.after !== undefined) query = query.where('id', '>', '');
      if (page.limit !== undefined) query = query.limit(0);
      compiled = query.compile();
      lists.set(form, compiled);
    }
    return compiled;
  }

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

  /** Call before the item changes: its keys are told from what it was. */
  async function rekey(id: string, item: Item | undefined): Promise<void> {
    const { keyed } = spec;
    if (!keyed) return;
    const before = await get(id);
    const rows = (one: Item | undefined) => (one === undefined ? [] : keyRows(keyed, id, one));
    await moveKeys(connection(), table, rows(before), rows(item));
  }

  async function get(id: string): Promise<Item | undefined> {
    const [row] = await read({ ...byId(), parameters: [columnText(id)] });
    return row === undefined ? undefined : fromRow<Item>(row as Row);
  }

  return {
    get,

    async getMany(ids) {
      const rows = await read({ ...byIds(), parameters: [dialect.list(ids.map(columnText))] });
      return rows.map(row => fromRow<Item>(row as Row));
    },

    async list(where = {}, page = {}) {
      const { after, limit } = page;
      const fields = Object.entries(where);
      const parameters = fields.map(([, wanted]) =>
        typeof wanted === 'string' ? columnText(wanted) : dialect.list(wanted.map(columnText)),
      );
      if (after !== undefined) parameters.push(columnText(after));
      if (limit !== undefined) parameters.push(limit);
      const rows = await read({ ...listQuery(where, page), parameters });
      return rows.map(row => fromRow<Item>(row as Row));
    },

    async under(ranges, page) {
      if (!spec.keyed) throw new Error('The collection has no keys');
      if (ranges.length === 0) return [];
      return (await bodiesUnder(connection(), read, table, ranges, page)).map(fromRow<Item>);
    },

    async match(field, patterns, limit) {
      const column = indexColumn(spec, field);
      if (patterns.length === 0) return [];
      const tests = patterns.map(pattern => withinPrefix(column, pattern, dialect.matches(column, pattern)));
      const query = connection()
        .selectFrom(table)
        .select('id')
        .where(sql<boolean>`(${sql.join(tests, sql` or `)})`)
        .limit(limit);
      return (await scan(query.compile())).map(row => (row as Row).id);
    },

    async put(item) {
      const row = toRow(spec, item);
      await refuseTaken(row);
      await rekey(spec.id(item), item);
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
      await rekey(id, undefined);
      await connection().deleteFrom(table).where('id', '=', columnText(id)).execute();
    },
  };
}

function indexColumn<Item>(spec: CollectionSpec<Item>, field: string): string {
  if (!Object.hasOwn(spec.indexes, field)) throw new Error(`The collection has no index '${field}'`);
  return sqlName(field);
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
