import { pageSize, pagesPerBlock } from '../formats/recipe.ts';
import type { SegmentName } from '../formats/stored-segment.ts';
import type { IndexedSegment } from '../index/segment-index.ts';
import type { DomainKeys } from '../keys/domain-keys.ts';
import type { Slot, SlotPool } from '../threads/slots.ts';
import { fingerprintLength } from './fingerprints.ts';
import type { PagePlace, PageTable } from './page-table.ts';

/** Segments of different key domains that are filled at a time; each holds a slot. */
const maxOpen = 4;

/** Whoever waits for a segment to be written. */
export interface SegmentUser {
  /** @param share of the stored bytes that this user's pages take */
  onWritten(segment: number, share: number): void;
}

interface OpenSegment {
  number: number;
  domain: string;
  keys: DomainKeys;
  slot: Slot;
  pages: number;
  /** Each user with the pages it has in it; 0 for one that only shares some. */
  users: Map<SegmentUser, number>;
}

export interface SegmentWriterOptions {
  slots: SlotPool;
  table: PageTable;
  nextNumber(): number;
  /** Compresses and encrypts the segment in a slot, in place; answers its length. */
  seal(slot: Slot, name: SegmentName, keys: DomainKeys): Promise<number>;
  /** Appends a stored segment to a pack. */
  append(segment: SegmentName, stored: Buffer): Promise<{ pack: number; offset: number; length: number }>;
  onWritten(segment: IndexedSegment): void;
  /** A segment is lost, and with it every block that names it. */
  onFailure(error: unknown): void;
  /** Grows when everything not flushed was forgotten: what is on its way then comes to nothing. */
  generation(): number;
}

/** Gathers new pages into segments, and writes those that are full or closed. */
export function segmentWriter(options: SegmentWriterOptions) {
  const { slots, table } = options;
  const open = new Map<string, OpenSegment>();
  const closing = new Map<OpenSegment, Promise<void>>();

  const write = async (segment: OpenSegment) => {
    const since = options.generation();
    const { number, domain, pages, slot, keys } = segment;
    // The pages make place for the stored segment, so what is known of them is kept first.
    const fingerprints = Buffer.from(slot.fingerprints.subarray(0, pages * fingerprintLength));
    try {
      const length = await options.seal(slot, { domain, number, pages }, keys);
      if (options.generation() !== since) return;
      const location = await options.append({ domain, number, pages }, slot.sealed.subarray(0, length));
      if (options.generation() !== since) return;
      // Nobody joins from here on: those who did are told now.
      closing.delete(segment);
      for (const [user, own] of segment.users) user.onWritten(number, Math.round((length * own) / pages));
      options.onWritten({ domain, number, pages, format: 2, fingerprints, ...location });
    } catch (error) {
      if (options.generation() === since) options.onFailure(error);
      throw error;
    } finally {
      slots.give(slot);
    }
  };
  const close = (segment: OpenSegment) => {
    if (open.get(segment.domain) === segment) open.delete(segment.domain);
    const writing = write(segment).finally(() => closing.delete(segment));
    writing.catch(() => undefined);
    closing.set(segment, writing);
  };
  const begin = (domain: string, keys: DomainKeys, slot: Slot): OpenSegment => ({
    number: options.nextNumber(),
    domain,
    keys,
    slot,
    pages: 0,
    users: new Map(),
  });

  return {
    /** The number of the segment that new pages of a key domain go to, if one is begun. */
    openNumber: (domain: string) => open.get(domain)?.number,
    /** Segments on their way to a pack. */
    get closing() {
      return closing.size;
    },
    /** Adds a page to the domain's open segment. */
    addPage(domain: string, keys: DomainKeys, from: Slot, page: number, user: SegmentUser): PagePlace {
      let segment = open.get(domain);
      if (!segment) {
        if (open.size >= maxOpen) close(open.values().next().value!);
        segment = begin(domain, keys, slots.take());
        open.set(domain, segment);
        table.add(segment.number, new Uint8Array());
      }
      const { slot, pages } = segment;
      from.pages.copy(slot.pages, pages * pageSize, page * pageSize, (page + 1) * pageSize);
      from.fingerprints.copy(
        slot.fingerprints,
        pages * fingerprintLength,
        page * fingerprintLength,
        (page + 1) * fingerprintLength,
      );
      table.append(segment.number, slot.fingerprints, pages);
      segment.pages++;
      segment.users.set(user, (segment.users.get(user) ?? 0) + 1);
      if (segment.pages === pagesPerBlock) close(segment);
      return { segment: segment.number, from: pages };
    },
    /** Makes a block that is new from end to end a segment of its own, in the slot where it lies. */
    addBlock(domain: string, keys: DomainKeys, slot: Slot, user: SegmentUser): number {
      const segment = begin(domain, keys, slot);
      segment.pages = pagesPerBlock;
      segment.users.set(user, pagesPerBlock);
      table.add(segment.number, slot.fingerprints);
      close(segment);
      return segment.number;
    },
    /** Tells a user when a segment is written; false if it is not under way (and so is written, or never was). */
    join(number: number, user: SegmentUser): boolean {
      for (const segment of [...open.values(), ...closing.keys()])
        if (segment.number === number) {
          if (!segment.users.has(user)) segment.users.set(user, 0);
          return true;
        }
      return false;
    },
    /** Begins to write what is open. */
    closeAll() {
      for (const segment of [...open.values()]) close(segment);
    },
    /** Everything closed so far is written. @throws when one is not */
    written: () => Promise.all([...closing.values()]),
    /** One of those on their way is written, or failed. */
    anyWritten: () => Promise.race([...closing.values()].map(done => done.catch(() => undefined))),
    /** Forgets open segments; those on their way come to nothing by themselves. */
    reset() {
      for (const { slot } of open.values()) slots.give(slot);
      open.clear();
    },
  };
}
