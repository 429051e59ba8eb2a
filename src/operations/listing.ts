/** A page out of items that come in order, of which a request's filters may admit few. */
import { setImmediate } from 'node:timers/promises';

export interface Listing<Item> {
  /** The next items in order, after the place of the last one read; fewer than `limit` only at the end. */
  read(after: string | undefined, limit: number): Promise<Item[]>;
  place(item: Item): string;
  /** Those of the items that belong to the answer, in the same order. */
  admit(items: Item[]): Promise<Item[]>;
}

export interface ListedPage<Item> {
  items: Item[];
  /** Where the next page begins; undefined after the last. */
  next?: string;
}

/** Items of an answer to a request that asks for no page: such a one cannot be followed by every client. */
const mostUnpaged = 10_000;
/** Items that are looked at for one page: past them it is shorter than asked for, as the API allows, and goes on. */
const mostExamined = 20_000;
/** Items looked at in one go: others are answered in between. */
const batch = 1_000;
const leastBatch = 50;

/** @param limit of the page, if the request said one. */
export async function listPage<Item>(
  listing: Listing<Item>,
  start: string | undefined,
  limit: number | undefined,
): Promise<ListedPage<Item>> {
  const wanted = limit ?? mostUnpaged;
  const items: Item[] = [];
  let after = start;
  for (let examined = 0; limit === undefined || examined < mostExamined; ) {
    const size = nextBatch(wanted + 1 - items.length, examined, items.length);
    const read = await listing.read(after, size);
    items.push(...(await listing.admit(read)));
    if (items.length > wanted) {
      const shown = items.slice(0, wanted);
      return { items: shown, next: listing.place(shown.at(-1)!) };
    }
    if (read.length < size) return { items };
    examined += read.length;
    after = listing.place(read.at(-1)!);
    await setImmediate();
  }
  return after === undefined ? { items } : { items, next: after };
}

/** As many as are likely to hold what is missing, going by what was admitted so far. */
function nextBatch(missing: number, examined: number, admitted: number): number {
  const likely = examined === 0 ? missing : Math.ceil((missing * examined * 1.2) / Math.max(admitted, 1));
  return Math.min(Math.max(likely, examined === 0 ? 1 : leastBatch), batch + 1);
}

/** A listing's reader for items that are all at hand. */
export function readerOf<Item>(items: readonly Item[], place: (item: Item) => string): Listing<Item>['read'] {
  const ordered = items
    .map(item => ({ item, place: place(item) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  return async (after, limit) => {
    const start = after === undefined ? 0 : ordered.findIndex(one => one.place > after);
    return start < 0 ? [] : ordered.slice(start, start + limit).map(one => one.item);
  };
}

/** What `read` finds for all of the ids, in batches that let others be answered in between. */
export async function inBatches<Item>(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<Item[]>,
): Promise<Item[]> {
  const found: Item[] = [];
  for (let start = 0; start < ids.length; start += batch) {
    if (start > 0) await setImmediate();
    found.push(...(await read(ids.slice(start, start + batch))));
  }
  return found;
}
