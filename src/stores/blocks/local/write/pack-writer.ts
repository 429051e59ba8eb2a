import type { PackFile, PackStorage } from '../files/pack-storage.ts';
import {
  type Extent,
  encodePackFooter,
  encodePackHeader,
  endOf,
  type PackContents,
  packHeaderLength,
  packMaxEntries,
} from '../formats/pack-format.ts';
import type { SegmentName } from '../formats/stored-segment.ts';
import type { SegmentFormat } from '../keys/segment-cipher.ts';

/** Where a record lies. */
export interface Location extends Extent {
  pack: number;
}

/** What is written: a segment, or a batch of recipes. */
export type RecordKind = (SegmentName & { format: SegmentFormat }) | 'batch';

interface OpenPack {
  pack: number;
  file: PackFile;
  /** Where the next record goes. */
  end: number;
  records: number;
  contents: PackContents & { version: 2 };
  writes: Set<Promise<void>>;
  /** A write failed: nothing more goes here, and no footer is written (recovery seals it). */
  damaged: boolean;
}

export interface PackWriterOptions {
  storage: PackStorage;
  /** Gives a new pack its number. */
  nextPack(): number;
  /** Called when a pack's footer is on disk. */
  onSealed(pack: number): void;
}

/** Appends records to the open pack; seals it when it is full and opens the next. */
export class PackWriter {
  readonly #options: PackWriterOptions;
  #current: OpenPack | undefined;
  #opening: Promise<OpenPack> | undefined;
  readonly #sealing = new Map<number, Promise<void>>();

  constructor(options: PackWriterOptions) {
    this.#options = options;
  }

  /** Writes one record. It is durable only after `sync`. */
  async append(kind: RecordKind, bytes: Uint8Array): Promise<Location> {
    while (!this.#current) {
      this.#opening ??= this.#create();
      await this.#opening;
    }
    // From here to `#retire` nothing waits: a pack that is being sealed is given no more offsets.
    const target = this.#current;
    const extent = { offset: target.end, length: bytes.length };
    target.end += bytes.length;
    const write = target.file.write(bytes, extent.offset);
    target.writes.add(write);
    if (target.end >= this.#options.storage.target || ++target.records >= packMaxEntries)
      this.#retire(target);
    try {
      await write;
      if (kind === 'batch') target.contents.batches.push(extent);
      else target.contents.segments.push({ ...kind, ...extent });
    } catch (error) {
      target.damaged = true;
      this.#retire(target);
      throw error;
    } finally {
      target.writes.delete(write);
    }
    return { pack: target.pack, ...extent };
  }

  /**
   * Everything appended so far is on disk, and so is all that lies before it: behind what was acknowledged there may be
   * a hole, before it never, so that recovery finds it by going through the pack.
   */
  async sync(): Promise<void> {
    const current = this.#current;
    await Promise.all([current && Promise.all(current.writes), ...this.#sealing.values()]);
    if (current && current === this.#current) await current.file.sync();
    await Promise.all(this.#sealing.values());
  }

  /** Seals the open pack. */
  async seal(): Promise<void> {
    if (this.#current) this.#retire(this.#current);
    await Promise.all(this.#sealing.values());
  }

  /** Forgets the open pack, after a failure that leaves its state unknown: the next record goes to a new one. */
  async abandon(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await Promise.allSettled([...this.#sealing.values(), ...(current?.writes ?? [])]);
    this.#sealing.clear();
    await current?.file.abandon();
  }

  async #create(): Promise<OpenPack> {
    try {
      const pack = this.#options.nextPack();
      const file = await this.#options.storage.create(pack);
      try {
        await file.write(encodePackHeader(2), 0);
      } catch (error) {
        await file.abandon();
        throw error;
      }
      const created: OpenPack = {
        pack,
        file,
        end: packHeaderLength,
        records: 0,
        contents: { version: 2, segments: [], batches: [] },
        writes: new Set(),
        damaged: false,
      };
      this.#current = created;
      return created;
    } finally {
      this.#opening = undefined;
    }
  }

  #retire(full: OpenPack): void {
    if (this.#current === full) this.#current = undefined;
    if (this.#sealing.has(full.pack)) return;
    const sealing = this.#seal(full).then(() => {
      this.#sealing.delete(full.pack);
    });
    // Whoever calls `sync` next gets the failure; until then it is not an unhandled one.
    sealing.catch(() => undefined);
    this.#sealing.set(full.pack, sealing);
  }

  async #seal(full: OpenPack): Promise<void> {
    while (full.writes.size > 0) await Promise.allSettled(full.writes);
    try {
      if (full.damaged) throw new Error(`A write to pack ${full.pack} failed`);
      await full.file.write(encodePackFooter(full.contents), endOf(full.contents));
      await full.file.seal();
    } catch (error) {
      await full.file.abandon();
      throw error;
    }
    this.#options.onSealed(full.pack);
  }
}
