/** Filters that an index answers: few items to look at, instead of all that the caller sees. */
import type { Filter } from '../../domain/filters.ts';
import { taggedWith } from '../../domain/tag.ts';
import { literalOf, type Pattern, parsePattern } from '../../domain/wildcard.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { inBatches } from '../listing.ts';

/** Finds items by a filter's values, at most `limit`; undefined where it knows no short way. */
export type Narrowing<Item> = (
  values: { literals: readonly string[]; patterns: readonly Pattern[] },
  limit: number,
) => Promise<Item[]> | undefined;

/** Past so many an index saves nothing: the items are read in the order of the listing then. */
const mostCandidates = 2_000;

/**
 * Items among which all are that the filters admit, by the first filter that names few. Undefined when none does.
 * @param narrowings by filter name, the most selective first.
 */
export async function narrowed<Item>(
  filters: readonly Filter[] | undefined,
  narrowings: readonly (readonly [name: string, narrowing: Narrowing<Item>])[],
): Promise<Item[] | undefined> {
  for (const [name, narrowing] of narrowings)
    for (const filter of filters ?? []) {
      if (filter.Name !== name) continue;
      const found = await narrowing(valuesOf(filter), mostCandidates + 1);
      if (found && found.length <= mostCandidates) return found;
    }
  return undefined;
}

/** A narrowing for filters whose values are all literal. */
export function literally<Item>(
  find: (values: readonly string[], limit: number) => Promise<Item[]>,
): Narrowing<Item> {
  return ({ literals, patterns }, limit) => (patterns.length > 0 ? undefined : find(literals, limit));
}

/** Narrowings for the filters on tags, one for each that is given. */
export function byTags<Item>(
  records: RegionReader,
  accountId: string,
  filters: readonly Filter[] | undefined,
  find: (resourceIds: readonly string[]) => Promise<Item[]>,
): (readonly [string, Narrowing<Item>])[] {
  async function tagged(keys: readonly string[], limit: number): Promise<Item[]> {
    const sets = await records.tags.under(
      keys.map(key => ({ key })),
      { limit },
    );
    return inBatches(
      sets.map(set => set.resourceId),
      find,
    );
  }
  return (filters ?? []).flatMap(({ Name = '' }): [string, Narrowing<Item>][] => {
    if (Name === 'tag-key')
      return [
        [
          Name,
          literally((keys, limit) =>
            tagged(
              keys.map(key => taggedWith(accountId, key)),
              limit,
            ),
          ),
        ],
      ];
    if (!Name.startsWith('tag:')) return [];
    const key = Name.slice('tag:'.length);
    return [
      [
        Name,
        ({ literals, patterns }, limit) =>
          patterns.length > 0
            ? tagged([taggedWith(accountId, key)], limit)
            : tagged(
                literals.map(value => taggedWith(accountId, key, value)),
                limit,
              ),
      ],
    ];
  });
}

function valuesOf({ Values = [] }: Filter): { literals: string[]; patterns: Pattern[] } {
  const patterns = Values.map(parsePattern);
  return {
    literals: patterns.flatMap(pattern => literalOf(pattern) ?? []),
    patterns: patterns.filter(pattern => literalOf(pattern) === undefined),
  };
}
