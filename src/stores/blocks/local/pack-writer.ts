import { type FileHandle, open } from 'node:fs/promises';
import type { BlockReference } from '../../../domain/manifest.ts';
import { syncFolder } from './durable-file.ts';
import { type Location, packPath, writeFully } from './pack-files.ts';
import {
  encodePackFooter,
  encodePackHeader,
  type PackEntry,
  packHeaderLength,
  packMaxEntries,
  packTarget,
} from './pack-format.ts';

interface OpenPack {
  pack: number;
  file: FileHandle;
  /** Where the next block goes. */
  end: number;
  entries: PackEntry[];
  writes: Set<Promise<void>>;
  /** A write failed: nothing more goes here, and no footer is written (recovery seals it). */
  damaged: boolean;
}

export interface PackWriterOptions {
  folder: string;
  /** Gives a new pack its number. */
  nextPack(): number;
  /** Called when a pack's footer is on disk. */
  onSealed(pack: number): void;
  /** Bytes at which a pack is sealed. */
  target?: number;
}

/** Appends stored blocks to the open pack; seals it when it is full and opens the next. */
export class PackWriter {
  readonly #options: PackWriterOptions;
  #current: OpenPack | undefined;
  #opening: Promise<OpenPack> | undefined;
  readonly #sealing = new Map<number, Promise<void>>();

  constructor(options: PackWriterOptions) {
    this.#options = options;
  }

  /** Packs that may hold blocks the index does not list yet. */
  get unsealed(): number[] {
    return [...this.#sealing.keys(), ...(this.#current ? [this.#current.pack] : [])];
  }

  /** Writes one stored block. It is durable only after `sync`. */
  async append(reference: BlockReference, stored: Buffer): Promise<Location> {
    while (!this.#current) {
      this.#opening ??= this.#create();
      await this.#opening;
    }
    // From here to `#retire` nothing waits: a pack that is being sealed is given no more offsets.
    const target = this.#current;
    const offset = target.end;
    target.end += stored.length;
    const write = writeFully(target.file, stored, offset);
    target.writes.add(write);
    const entry = { reference, offset, length: stored.length };
    if (
      target.end >= (this.#options.target ?? packTarget) ||
      target.entries.length + target.writes.size >= packMaxEntries
    )
      this.#retire(target);
    try {
      await write;
      target.entries.push(entry);
    } catch (error) {
      target.damaged = true;
      this.#retire(target);
      throw error;
    } finally {
      target.writes.delete(write);
    }
    return { pack: target.pack, offset, length: stored.length };
  }

  /** Everything appended so far is on disk. */
  async sync(): Promise<void> {
    await Promise.all([this.#current?.file.datasync(), ...this.#sealing.values()]);
  }

  /** Seals the open pack and closes all files. */
  async close(): Promise<void> {
    if (this.#current) this.#retire(this.#current);
    await Promise.all(this.#sealing.values());
  }

  /** Forgets the open pack, after a failure that leaves its state unknown: the next block goes to a new one. */
  async abandon(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await Promise.allSettled([...this.#sealing.values(), ...(current?.writes ?? [])]);
    this.#sealing.clear();
    await current?.file.close();
  }

  async #create(): Promise<OpenPack> {
    try {
      const pack = this.#options.nextPack();
      const file = await open(packPath(this.#options.folder, pack), 'wx', 0o600);
      try {
        await writeFully(file, encodePackHeader(), 0);
        await syncFolder(this.#options.folder);
      } catch (error) {
        await file.close();
        throw error;
      }
      const created = {
        pack,
        file,
        end: packHeaderLength,
        entries: [],
        writes: new Set<never>(),
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
    try {
      while (full.writes.size > 0) await Promise.allSettled(full.writes);
      if (!full.damaged) await writeFully(full.file, encodePackFooter(full.entries), full.end);
      await full.file.sync();
      if (!full.damaged) this.#options.onSealed(full.pack);
    } finally {
      await full.file.close();
    }
  }
}
