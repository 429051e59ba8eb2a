/** Writes images into a region's records in bulk, without the checks of the API, as migrations would find them. */
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { type CollectionSpec, regionCollections } from '../../src/stores/records/collections.ts';
import { insertKeyRows, keyRows } from '../../src/stores/records/keyed-rows.ts';
import { type Row, type Rows, sqlName, toRow } from '../../src/stores/records/rows.ts';
import { kyselyOn, openWriter } from '../../src/stores/records/sqlite-connection.ts';
import { type Crowd, imageOf, tagsOf } from './images.ts';

const batch = 1_000;

/** Fills the region us-east-1 of records that a server has made before. */
export async function fill(url: string, count: number, crowd: Crowd): Promise<void> {
  const { connection, close } = url.startsWith('sqlite:') ? sqlite(url) : postgres(url);
  for (let start = 0; start < count; start += batch) {
    const numbers = Array.from({ length: Math.min(batch, count - start) }, (_, index) => start + index);
    const images = numbers.map(number => imageOf(number, count, crowd));
    const tags = images.flatMap((image, index) => tagsOf(start + index, image, crowd) ?? []);
    await write(connection, 'images', regionCollections.images, images);
    await write(connection, 'tags', regionCollections.tags, tags);
  }
  await close();
}

async function write<Item>(
  connection: Kysely<Rows>,
  name: string,
  spec: CollectionSpec<Item>,
  items: readonly Item[],
): Promise<void> {
  if (items.length === 0) return;
  const table = sqlName(name);
  await connection
    .insertInto(table)
    .values(items.map(item => toRow(spec, item)) as Row[])
    .execute();
  const keys = items.flatMap(item => keyRows(spec.keyed!, spec.id(item), item));
  await insertKeyRows(connection, table, keys);
}

interface Bulk {
  connection: Kysely<Rows>;
  close(): Promise<void>;
}

/** Keys and indexes are written in their own order at the end: scattered they would take ten times as long. */
function sqlite(url: string): Bulk {
  const writer = openWriter(join(url.slice('sqlite:'.length), 'us-east-1/records.sqlite'));
  writer.exec('pragma synchronous = off; pragma cache_size = -262144; begin');
  const indexes = writer
    .prepare(
      "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name = 'images'",
    )
    .all() as { name: string; sql: string }[];
  for (const { name } of indexes) writer.exec(`drop index ${name}`);
  writer.exec('create temp table images_keys (key text, place text, id text)');
  return {
    connection: kyselyOn(writer),
    async close() {
      writer.exec(
        'insert into main.images_keys select key, place, id from temp.images_keys order by 1, 2, 3',
      );
      for (const { sql } of indexes) writer.exec(sql);
      writer.exec('commit; pragma wal_checkpoint(truncate)');
      writer.close();
    },
  };
}

function postgres(url: string): Bulk {
  const pool = new Pool({ connectionString: url, max: 1 });
  const whole = new Kysely<Rows>({ dialect: new PostgresDialect({ pool }) });
  const schema = 'amity_us_east_1';
  return {
    connection: whole.withSchema(schema),
    async close() {
      // As the autovacuum of a server that has run for a while would have.
      for (const table of ['images', 'images_keys', 'tags', 'tags_keys'])
        await pool.query(`vacuum analyze ${schema}.${table}`);
      await whole.destroy();
    },
  };
}
