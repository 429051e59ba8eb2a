/**
 * Whole objects under keys: what packs, manifests and wrapped data keys need of a place to lie. Keys are words of
 * `[A-Za-z0-9._-]` joined by `/` (`objectKey`); no key may be the folder of another (`a` beside `a/b`).
 */
export interface ObjectStore {
  /**
   * Puts a whole object; returning means it is durable, and nobody ever sees half of it. With `ifAbsent` an object that
   * is already there stays: the same bytes are a success (so a put may be repeated), others are not.
   * @param options.signal ends it early, with nothing put or all
   * @throws ObjectConflict when `ifAbsent` finds other bytes
   */
  put(
    key: string,
    content: Uint8Array | ObjectSource,
    options?: { ifAbsent?: boolean; signal?: AbortSignal },
  ): Promise<void>;
  /**
   * The whole object of at most `largestWhole` bytes, or exactly the piece asked for.
   * @throws ObjectMissing when there is none, ObjectTooShort when it ends inside the piece
   */
  get(key: string, piece?: Piece): Promise<Buffer>;
  /** Its size; undefined where there is none. */
  head(key: string): Promise<{ size: number } | undefined>;
  /** All objects whose key begins with these characters, by key. One put or deleted meanwhile may be listed or not. */
  list(prefix: string): AsyncIterable<{ key: string; size: number }>;
  /** Absent is no error. */
  delete(key: string, options?: { signal?: AbortSignal }): Promise<void>;
  /** Ends what is under way and lets connections go. */
  close(): Promise<void>;
}

/** Bytes that can be read more than once, the same each time. */
export interface ObjectSource {
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface Piece {
  offset: number;
  /** At least 1. */
  length: number;
}

/** Bytes: larger objects are read piece by piece. */
export const largestWhole = 256 * 1024 * 1024;

export class ObjectMissing extends Error {
  override name = 'ObjectMissing';
  constructor(key: string, where: string) {
    super(`There is no object ${key} in ${where}`);
  }
}

export class ObjectTooShort extends Error {
  override name = 'ObjectTooShort';
  constructor(key: string, { offset, length }: Piece) {
    super(`Object ${key} ends inside the ${length} bytes asked for at ${offset}`);
  }
}

export class ObjectConflict extends Error {
  override name = 'ObjectConflict';
  constructor(key: string, where: string) {
    super(`An object ${key} with other bytes is already in ${where}`);
  }
}

/** The store did not do what was asked, after all attempts; the message names the key, the cause what came. */
export class ObjectStoreFailed extends Error {
  override name = 'ObjectStoreFailed';
}
