import { ApiError, invalidParameterValue } from './errors.ts';
import { matchesPattern, parsePattern } from './wildcard.ts';

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

/** Whether a filter looks at tags, which are kept apart from what they are on. */
export function readsTags(filters: readonly Filter[] | undefined): boolean {
  return filters?.some(({ Name }) => Name?.startsWith('tag')) ?? false;
}

function test<Item>(
  filter: Filter,
  table: FilterTable<Item>,
  tagsOf?: (item: Item) => Readonly<Record<string, string>>,
): (item: Item) => boolean {
  // AWS's word for a filter without a name.
  const name = filter.Name ?? 'null';
  const read = reader(name, table, tagsOf);
  if (!read) throw invalidParameterValue(`The filter '${name}' is invalid`);
  if (!filter.Values?.length) throw invalidParameterValue(`The filter '${name}' has no values`);
  const patterns = filter.Values.map(value => matchesPattern(parsePattern(value)));
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
