import { pagesPerBlock, type Run } from '../formats/recipe.ts';
import type { DomainKeys } from '../keys/domain-keys.ts';
import type { Slot } from '../threads/slots.ts';
import { knownPages, loadCandidates, runsOfPlaces, type SegmentLists } from './known-pages.ts';
import type { PageTable } from './page-table.ts';
import type { segmentWriter } from './segment-writer.ts';
import { place, type UnflushedBlock } from './unflushed.ts';

export interface Placing {
  keys: DomainKeys;
  slot: Slot;
  table: PageTable;
  segments: ReturnType<typeof segmentWriter>;
  lists: SegmentLists;
}

/**
 * Gives every page of a block that is not zeroes its place: where it is already, or in a segment that is begun or
 * filled. One step that nothing interrupts, so that what is found cannot go before the block holds it.
 * @returns the block's runs, and whether its slot has become a segment's
 */
export function placeBlock(block: UnflushedBlock, { keys, slot, table, segments, lists }: Placing) {
  const { domain } = block.reference;
  loadCandidates(slot, table, lists);
  const places = knownPages(slot, table, segments.openNumber(domain));
  const fresh: number[] = [];
  for (let page = 0; page < pagesPerBlock; page++) if (!slot.zeroes[page] && !places[page]) fresh.push(page);
  const slotTaken = fresh.length === pagesPerBlock;
  let runs: Run[];
  if (slotTaken) {
    const segment = segments.addBlock(domain, keys, slot, block);
    block.segments.add(segment);
    runs = [{ page: 0, count: pagesPerBlock, segment, from: 0 }];
  } else {
    for (const page of fresh) {
      // A page may come twice in one block.
      const again = table.find(slot.fingerprints, page, places[page - 1]);
      const isAgain = again !== undefined && again.segment === segments.openNumber(domain);
      places[page] = isAgain ? again : segments.addPage(domain, keys, slot, page, block);
    }
    runs = runsOfPlaces(places);
    for (const { segment } of runs) if (segments.join(segment, block)) block.segments.add(segment);
  }
  place(block, runs, keys);
  return { runs, slotTaken };
}
