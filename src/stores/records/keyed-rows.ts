/** The side table of a keyed collection: a row for each key of each item, in the order of the items' places. */
import type { Kysely } from 'kysely';
import type { KeyRange } from '../../domain/key-range.ts';
import type { CollectionSpec } from './collections.ts';
import { columnText, type Row, type Rows } from './rows.ts';
import type { Run } from './sql-collection.ts';

export type Keyed<Item> = NonNullable<CollectionSpec<Item>['keyed']>;

interface KeyRow {
  key: string;
  place: string;
  id: string;
}

interface PlacedBody {
  place: string;
  body: unknown;
}

/** Rows of one statement: each has three parameters, of which SQLite takes 32,766. */
const mostRows = 5_000;
/** Ranges of one statement: SQLite takes 500 parts of a union. */
const mostRanges = 200;

export const keysTable = (table: string) => `${table}_keys`;

export function keyRows<Item>(keyed: Keyed<Item>, id: string, item: Item): KeyRow[] {
  const place = columnText(keyed.place(item));
  return [...new Set(keyed.keys(item).map(columnText))].map(key => ({ key, place, id: columnText(id) }));
}

export async function insertKeyRows(
  connection: Kysely<Rows>,
  table: string,
  rows: readonly KeyRow[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += mostRows)
    await connection
      .insertInto(keysTable(table))
      .values(rows.slice(start, start + mostRows) as unknown as Row[])
      .onConflict(conflict => conflict.doNothing())
      .execute();
}

/** Brings the keys of an item from what it was to what it is; `undefined` is an item that is not there. */
export async function moveKeys(
  connection: Kysely<Rows>,
  table: string,
  before: readonly KeyRow[],
  after: readonly KeyRow[],
): Promise<void> {
  const text = ({ key, place }: KeyRow) => JSON.stringify([key, place]);
  const kept = new Set(after.map(text));
  const had = new Set(before.map(text));
  for (const { key, place, id } of before)
    if (!kept.has(text({ key, place, id })))
      await connection
        .deleteFrom(keysTable(table))
        .where('key', '=', key)
        .where('place', '=', place)
        .where('id', '=', id)
        .execute();
  await insertKeyRows(
    connection,
    table,
    after.filter(row => !had.has(text(row))),
  );
}

/**
 * The bodies of a page. Each range gives no more rows than the page has, so that the whole reads as many as ranges times
 * items at most; both databases take them from the key's index in order.
 */
export async function bodiesUnder(
  connection: Kysely<Rows>,
  run: Run,
  table: string,
  ranges: readonly KeyRange[],
  page: { after?: string; limit: number },
): Promise<PlacedBody[]> {
  const found = new Map<string, PlacedBody>();
  for (let start = 0; start < ranges.length; start += mostRanges) {
    const wanted = ranges
      .slice(start, start + mostRanges)
      .map(range => rangeRows(connection, table, range, page))
      .reduce((all, one) => all.unionAll(one));
    const query = connection
      .selectFrom(eb =>
        eb
          .selectFrom(wanted.as('wanted'))
          // An item has one place, so that this leaves each once; `distinct` takes SQLite three times as long.
          .select(({ fn }) => ['wanted.place', fn.min('wanted.id').as('id')])
          .groupBy('wanted.place')
          .orderBy('wanted.place')
          .limit(page.limit)
          .as('page'),
      )
      .innerJoin(`${table} as items`, 'items.id', 'page.id')
      .select(['page.place as place', 'items.body as body'])
      .orderBy('page.place')
      .compile();
    for (const row of (await run(query)) as PlacedBody[]) found.set(row.place, row);
  }
  if (ranges.length <= mostRanges) return [...found.values()];
  return [...found.values()].sort((a, b) => (a.place < b.place ? -1 : 1)).slice(0, page.limit);
}

function rangeRows(
  connection: Kysely<Rows>,
  table: string,
  { key, from = '' }: KeyRange,
  { after, limit }: { after?: string; limit: number },
) {
  const goesOn = after !== undefined && after >= from;
  return connection
    .selectFrom(eb =>
      eb
        .selectFrom(keysTable(table))
        .select(['place', 'id'])
        .where('key', '=', columnText(key))
        .where('place', goesOn ? '>' : '>=', columnText(goesOn ? after : from))
        .orderBy('place')
        .limit(limit)
        .as('range'),
    )
    .select(['range.place', 'range.id']);
}
