import type { Filter } from '../../domain/filters.ts';
import type { Image } from '../../domain/image.ts';
import { copiedFrom, soldAs, usesSnapshot } from '../../domain/image-index.ts';
import { longestImageName } from '../../domain/image-name.ts';
import { type Pattern, shortestMatch } from '../../domain/wildcard.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { inBatches } from '../listing.ts';
import { byTags, literally, type Narrowing, narrowed } from './narrowing.ts';

/** Images by the filters of DescribeImages that name few of them, whoever may see those; undefined when none does. */
export function narrowedImages(
  records: RegionReader,
  accountId: string,
  filters: readonly Filter[] | undefined,
): Promise<Image[] | undefined> {
  const { images } = records;
  const getMany = (ids: readonly string[]) => inBatches(ids, some => images.getMany(some));
  const under = (keyOf: (value: string) => string) =>
    literally((values, limit) =>
      images.under(
        values.map(value => ({ key: keyOf(value) })),
        { limit },
      ),
    );
  return narrowed<Image>(filters, [
    ['image-id', literally(getMany)],
    ['block-device-mapping.snapshot-id', under(usesSnapshot)],
    ['source-image-id', under(copiedFrom)],
    ['source-instance-id', literally((ids, limit) => images.list({ sourceInstanceId: ids }, { limit }))],
    ['name', byName(records, getMany)],
    ['product-code', under(soldAs)],
    ...byTags(records, accountId, filters, getMany),
  ]);
}

function byName(
  { images }: RegionReader,
  getMany: (ids: readonly string[]) => Promise<Image[]>,
): Narrowing<Image> {
  return async ({ literals, patterns }, limit) => {
    const named = literals.length > 0 ? await images.list({ name: literals }, { limit }) : [];
    const possible = patterns.filter(canMatch);
    if (possible.length === 0) return named;
    return getMany([
      ...new Set([...named.map(image => image.imageId), ...(await images.match('name', possible, limit))]),
    ]);
  };
}

/** Longer patterns match no name, and databases refuse very long ones. */
const canMatch = (pattern: Pattern) => shortestMatch(pattern) <= longestImageName;
