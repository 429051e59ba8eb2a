/** Wildcard patterns in SQL: SQLite's GLOB and PostgreSQL's LIKE tell upper from lower case, as EC2's filters do. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import { type Pattern, prefixOf } from '../../domain/wildcard.ts';
import { columnText } from './rows.ts';

export function globOf(pattern: Pattern): string {
  const special = new Set(['*', '?', '[']);
  return columnText(
    pattern.map(({ kind, char }) => (kind === 'char' && special.has(char) ? `[${char}]` : char)).join(''),
  );
}

export function likeOf(pattern: Pattern): string {
  const special = new Set(['%', '_', '\\']);
  return columnText(
    pattern
      .map(({ kind, char }) => {
        if (kind === 'any') return '%';
        if (kind === 'one') return '_';
        return special.has(char) ? `\\${char}` : char;
      })
      .join(''),
  );
}

/** Narrows to the values that begin as every match does, which an index finds without looking at the others. */
export function withinPrefix(
  column: string,
  pattern: Pattern,
  matches: Expression<SqlBool>,
): RawBuilder<SqlBool> {
  const prefix = columnText(prefixOf(pattern));
  const end = textAfter(prefix);
  const upper = end === undefined ? sql`` : sql` and ${sql.ref(column)} < ${end}`;
  return sql<SqlBool>`(${sql.ref(column)} >= ${prefix}${upper} and ${matches})`;
}

/** The first text in the order of bytes that comes after all that begin with `prefix`. */
export function textAfter(prefix: string): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const code = last.codePointAt(0)!;
    if (code < 0x10ffff)
      return characters.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
  }
  return undefined;
}
