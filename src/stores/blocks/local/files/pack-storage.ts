/**
 * Where pack files lie: a folder of this machine, or a bucket elsewhere. Packs are known by number; what is inside one
 * is not the storage's business (pack-format.ts is).
 */
export interface PackStorage {
  /** Bytes at which a pack is sealed. */
  readonly target: number;
  /**
   * Whether an open pack must be sealed before a manifest that needs it may be written, because only sealed packs reach
   * the place where they are safe.
   */
  readonly settlesSealedPacksOnly: boolean;
  /** Numbers of all packs, sealed or not, in no order. */
  list(): Promise<number[]>;
  /** Makes an empty pack whose name is durable. @throws if there is one of that number */
  create(pack: number): Promise<PackFile>;
  /** Opens a pack that a crash left unsealed to go on behind its first `end` bytes; what lies behind them is cut off. */
  reopen(pack: number, end: number): Promise<PackFile>;
  /**
   * Exactly `length` bytes, in a Buffer that is the caller's alone and begins its ArrayBuffer, so that it can be
   * transferred to another thread.
   * @throws PackMissing if there is no such pack, MalformedFile if it ends before
   */
  read(pack: number, offset: number, length: number): Promise<Buffer>;
  /** Bytes of a pack as they are now. @throws PackMissing */
  size(pack: number): Promise<number>;
  /** Removes packs, durably. Absent is no error. */
  remove(packs: readonly number[]): Promise<void>;
  /** Every pack sealed so far is where it belongs; called before a manifest is written. */
  settle(): Promise<void>;
  /** What errors call a pack: a path or a URL. */
  describe(pack: number): string;
  /** Closes what is open to read; packs open to write are sealed or abandoned before. */
  close(): Promise<void>;
}

/** What a process needs that only reads beside the one that writes. */
export type PackReader = Pick<PackStorage, 'read' | 'describe' | 'close'>;

/** A pack being written. */
export interface PackFile {
  /** Writes all of `bytes`; several writes, to places of their own, may be under way at once. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** What was written is on this machine's disk. */
  sync(): Promise<void>;
  /** The pack is complete: syncs and closes it, and may begin to bring it elsewhere (`settle` waits for that). */
  seal(): Promise<void>;
  /** Closes an unsealed pack as it is: the next `reopen` decides about it. Does not fail. */
  abandon(): Promise<void>;
}

export class PackMissing extends Error {
  override name = 'PackMissing';
  constructor(where: string, cause?: unknown) {
    super(`${where} is gone`, { cause });
  }
}
