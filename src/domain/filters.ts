import { ApiError, invalidParameterValue } from './errors.ts';

/** The values an item has for one filter: any of them may match. An absent value matches nothing. */
export type FilterValue =
  | string
  | number
  | boolean
  | undefined
  | readonly (string | number | boolean | undefined)[];

/** A Describe call's filters by name. `tag:<key>` and `tag-key` are added by `withTags`. */
export type FilterTable<Item> = Readonly<Record<string, (item: Item) => FilterValue>>;

/** A filter as the API receives it. */
export interface Filter {
  Name?: string;
  Values?: string[];
}

const mostValues = 200;

/**
 * Makes the predicate of a call's filters: AND between filters, OR between values; case-sensitive; `*` any run of
 * characters, `?` exactly one, `\` escapes (spec W14).
 * @throws InvalidParameterValue for a name the table lacks, FilterLimitExceeded past 200 values.
 */
export function matcher<Item>(
  filters: readonly Filter[] | undefined,
  table: FilterTable<Item>,
  tagsOf?: (item: Item) => Readonly<Record<string, string>>,
): (item: Item) => boolean {
  const given = filters ?? [];
  const values = given.reduce((sum, filter) => sum + (filter.Values?.length ?? 0), 0);
  if (values > mostValues)
    throw new ApiError(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${mostValues}`,
    );
  const tests = given.map(filter => test(filter, table, tagsOf));
  return item => tests.every(matches => matches(item));
}

function test<Item>(
  filter: Filter,
  table: FilterTable<Item>,
  tagsOf?: (item: Item) => Readonly<Record<string, string>>,
): (item: Item) => boolean {
  const name = filter.Name ?? '';
  const read = reader(name, table, tagsOf);
  if (!read) throw invalidParameterValue(`The filter '${name}' is invalid`);
  if (!filter.Values?.length) throw invalidParameterValue(`The filter '${name}' has no values`);
  const patterns = filter.Values.map(pattern);
  return item => {
    const value = read(item);
    const candidates = Array.isArray(value) ? value : [value];
    return candidates.some(one => one !== undefined && patterns.some(matches => matches(String(one))));
  };
}

function reader<Item>(
  name: string,
  table: FilterTable<Item>,
  tagsOf?: (item: Item) => Readonly<Record<string, string>>,
): ((item: Item) => FilterValue) | undefined {
  if (Object.hasOwn(table, name)) return table[name];
  if (!tagsOf) return undefined;
  if (name === 'tag-key') return item => Object.keys(tagsOf(item));
  if (name === 'tag-value') return item => Object.values(tagsOf(item));
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return item => (Object.hasOwn(tagsOf(item), key) ? tagsOf(item)[key] : undefined);
  }
  return undefined;
}

/**
 * Compiles a filter value with wildcards. Matching is linear in text length times wildcards (greedy with one
 * backtrack point), so a hostile pattern cannot stall the server as a regular expression could.
 */
export function pattern(value: string): (text: string) => boolean {
  const tokens = tokenize(value);
  if (tokens.every(token => token.kind === 'char')) {
    const literal = tokens.map(token => token.char).join('');
    return text => text === literal;
  }
  return text => glob(tokens, [...text]);
}

type Token = { kind: 'char' | 'one' | 'any'; char: string };

function tokenize(value: string): Token[] {
  const tokens: Token[] = [];
  const characters = [...value];
  for (let i = 0; i < characters.length; i++) {
    const char = characters[i]!;
    if (char === '\\' && i + 1 < characters.length) tokens.push({ kind: 'char', char: characters[++i]! });
    else if (char === '*') tokens.push({ kind: 'any', char });
    else if (char === '?') tokens.push({ kind: 'one', char });
    else tokens.push({ kind: 'char', char });
  }
  return tokens;
}

function glob(tokens: readonly Token[], text: readonly string[]): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const token = tokens[p];
    if (token?.kind === 'any') {
      star = p++;
      resume = t;
    } else if (token && (token.kind === 'one' || token.char === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (tokens[p]?.kind === 'any') p++;
  return p === tokens.length;
}
