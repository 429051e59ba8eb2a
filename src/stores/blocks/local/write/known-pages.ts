import { pagesPerBlock, type Run } from '../formats/recipe.ts';
import { hookAt } from './fingerprints.ts';
import type { PagePlace, PageTable } from './page-table.ts';

/** Hooks of one block that are looked up at most: each costs a few look-ups in the index. */
const maxHooks = 16;

/** The pages of a block: their fingerprints and which of them are zeroes. */
export interface PageView {
  fingerprints: Buffer;
  zeroes: Uint8Array;
}

/** What the index knows about segments of one key domain. */
export interface SegmentLists {
  hooked(hook: number): number | undefined;
  fingerprints(segment: number): Uint8Array | undefined;
}

/**
 * Brings the segments that probably hold pages of this block into the table: those its hooks lead to, and their
 * neighbours, since what is alike lies together.
 */
export function loadCandidates(view: PageView, table: PageTable, lists: SegmentLists): void {
  let left = maxHooks;
  for (let page = 0; page < pagesPerBlock && left > 0; page++) {
    if (view.zeroes[page]) continue;
    const hook = hookAt(view.fingerprints, page);
    if (hook === undefined || table.find(view.fingerprints, page)) continue;
    left--;
    const segment = lists.hooked(hook);
    if (segment === undefined) continue;
    for (const number of [segment - 1, segment + 1, segment]) {
      const known = table.has(number) ? undefined : lists.fingerprints(number);
      if (known) table.add(number, known);
    }
  }
}

/**
 * Where each page of a block is already; undefined for zeroes and for pages to be stored. A page that is known alone,
 * between others that are not, is stored anew with them: reading it from elsewhere would cost more than its bytes.
 * @param open the segment that new pages go to
 */
export function knownPages(view: PageView, table: PageTable, open: number | undefined) {
  const places: (PagePlace | undefined)[] = new Array(pagesPerBlock);
  let previous: PagePlace | undefined;
  for (let page = 0; page < pagesPerBlock; page++) {
    previous = view.zeroes[page] ? undefined : table.find(view.fingerprints, page, previous);
    places[page] = previous;
  }
  for (let page = 0; page < pagesPerBlock; page++) {
    const place = places[page];
    if (!place || place.segment === open) continue;
    if (!follows(places[page - 1], place) && !follows(place, places[page + 1])) places[page] = undefined;
  }
  return places;
}

/** Puts places of pages together to runs. */
export function runsOfPlaces(places: readonly (PagePlace | undefined)[]): Run[] {
  const runs: { page: number; count: number; segment: number; from: number }[] = [];
  places.forEach((place, page) => {
    if (!place) return;
    const last = runs.at(-1);
    const continues =
      last &&
      last.page + last.count === page &&
      last.segment === place.segment &&
      last.from + last.count === place.from;
    if (continues) last.count++;
    else runs.push({ page, count: 1, ...place });
  });
  return runs;
}

function follows(one: PagePlace | undefined, other: PagePlace | undefined): boolean {
  return (
    one !== undefined && other !== undefined && one.segment === other.segment && one.from + 1 === other.from
  );
}
