import type { CollectionSpec } from './collections.ts';

/** A collection's row: the item as JSON, and what is looked up drawn out of it into columns of text. */
export interface Row {
  id: string;
  body: unknown;
  unique_key: string | null;
  [field: string]: unknown;
}

/** The tables as Kysely sees them: one per collection. */
export type Rows = Record<string, Row>;

/** `sourceInstanceId` → `source_instance_id`: the name of a table or column. */
export function sqlName(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}

/**
 * Text as a column holds it. UTF-8 has no lone surrogates and PostgreSQL's text no NUL: either counts as U+FFFD in
 * lookups, in both databases alike. The body keeps the item as it was.
 */
export function columnText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{FFFD}');
}

export function toRow<Item>(spec: CollectionSpec<Item>, item: Item): Row {
  const row: Row = {
    id: columnText(spec.id(item)),
    body: JSON.stringify(item),
    unique_key: optionalText(spec.unique?.(item)),
  };
  for (const [field, read] of Object.entries(spec.indexes)) row[sqlName(field)] = optionalText(read(item));
  return row;
}

/** SQLite answers the JSON as text, `pg` has parsed it already. */
export function fromRow<Item>(row: { body: unknown }): Item {
  return typeof row.body === 'string' ? JSON.parse(row.body) : (row.body as Item);
}

function optionalText(text: string | undefined): string | null {
  return text === undefined ? null : columnText(text);
}
