import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Pattern } from '../../domain/wildcard.ts';
import { globOf, likeOf } from './pattern-sql.ts';

/** All that differs between the two databases in the SQL that is written. */
export interface Dialect {
  name: 'sqlite' | 'postgres';
  /** Type of the columns that are looked up and sorted: by bytes, in both. */
  text: 'text' | 'text collate "C"';
  /** `json` rather than `jsonb`, which refuses the escape of NUL. */
  body: 'text' | 'json';
  /** The list is one parameter, so that its length has no limit and the statement one text. */
  memberOf(column: string, values: readonly string[]): Expression<SqlBool>;
  /** That one parameter. */
  list(values: readonly string[]): unknown;
  matches(column: string, pattern: Pattern): Expression<SqlBool>;
  /** What follows the columns of a table whose rows are nothing but their key. */
  keyTable: RawBuilder<unknown>;
}

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  text: 'text',
  body: 'text',
  memberOf: (column, values) =>
    sql<SqlBool>`${sql.ref(column)} in (select value from json_each(${sqliteDialect.list(values)}))`,
  list: values => JSON.stringify(values),
  matches: (column, pattern) => sql<SqlBool>`${sql.ref(column)} glob ${globOf(pattern)}`,
  keyTable: sql`without rowid`,
};

export const postgresDialect: Dialect = {
  name: 'postgres',
  text: 'text collate "C"',
  body: 'json',
  memberOf: (column, values) => sql<SqlBool>`${sql.ref(column)} = any(${values}::text[])`,
  list: values => values,
  matches: (column, pattern) => sql<SqlBool>`${sql.ref(column)} like ${likeOf(pattern)} escape '\\'`,
  keyTable: sql``,
};
