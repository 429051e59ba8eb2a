import type { BlockSet } from '../../domain/block-set.ts';
import type {
  BlockReference,
  Digest,
  ManifestChunk,
  ManifestEntry,
  ManifestSummary,
} from '../../domain/manifest.ts';

/**
 * Blocks under their digests, and the manifests that list them.
 * A block lives while a manifest or an open write session lists it (design §5).
 */
export interface BlockStore {
  /**
   * The plain bytes of a block, verified.
   * @throws BlockCorrupt when tag or digest do not match, BlockMissing when it is not there; both name block and pack.
   */
  read(reference: BlockReference): Promise<Buffer>;
  /** Opens a write session whose new blocks go to a key domain, or resumes the one of that id. */
  openSession(sessionId: string, domain: string): Promise<WriteSession>;
  /** Sessions neither committed nor aborted, also from before a restart. */
  openSessions(): Promise<string[]>;
  /** Ends a session as its `abort` does, whoever opened it. Absent is no error. */
  abortSession(sessionId: string): Promise<void>;
  /** Costs the same however large the manifest. The caller closes it. */
  openManifest(snapshotId: string): Promise<Manifest | undefined>;
  hasManifest(snapshotId: string): Promise<boolean>;
  /** Forgets a manifest; its blocks become garbage unless listed elsewhere. Absent is no error. */
  deleteManifest(snapshotId: string): Promise<void>;
  listManifests(): Promise<string[]>;
  /**
   * Destroys a domain's data key: none of its blocks can be read again, and no new session
   * opens on it. Repeating it is no error, and finishes what a crash has cut off.
   */
  forgetDomain(domain: string): Promise<void>;
  /**
   * 32 bytes under which the memory of guests on volumes of a key domain is sealed; they go with its data key.
   * @throws DomainForgotten
   */
  memoryKey(domain: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * An open manifest. It is read chunk by chunk, when asked, and keeps a few chunks in memory; it stays readable when the
 * manifest is deleted meanwhile. A damaged chunk is an error that names it and leaves the others readable.
 */
export interface Manifest extends ManifestSummary {
  /** Numbers of the chunks that list a block, ascending. */
  readonly chunkNumbers: readonly number[];
  /** At once where the chunk is in memory or lists nothing; else a promise. */
  chunk(number: number): ManifestChunk | Promise<ManifestChunk>;
  /**
   * Of two manifests' chunks of one number, those with one fingerprint list the same indexes and digests.
   * Undefined for a chunk that lists nothing.
   */
  fingerprint(number: number): string | undefined;
  /** The block at a block index; undefined where it reads as zeroes. */
  at(index: number): Promise<BlockReference | undefined>;
  /** Ascending from block index `from` on, in batches that are not empty. */
  entries(from?: number): AsyncIterable<ManifestEntry[]>;
  /** May be repeated. */
  close(): Promise<void>;
}

/** Null: the block is all zeroes. */
export type StagedEntry = readonly [index: number, reference: BlockReference | null];

/**
 * A writer whose blocks are kept alive until it ends. What it has staged survives a restart once flushed, so that an
 * interrupted upload goes on where it was. Every method may be repeated after a crash.
 */
export interface WriteSession {
  readonly sessionId: string;
  /**
   * Stores one block of exactly 512 KiB and stages it at `index`; the last writer of an index wins.
   * Returning does not mean durable: `flush` or `commit` does. All-zero blocks take no space.
   */
  put(index: number, bytes: Uint8Array): Promise<void>;
  /** The indexes staged so far. */
  staged(): Promise<BlockSet>;
  /** What is staged, ascending by index, in batches that are not empty; puts made meanwhile may be among it. */
  stagedEntries(): AsyncIterable<StagedEntry[]>;
  /** Everything put so far is on disk, index included. */
  flush(): Promise<void>;
  /**
   * Flushes, writes the manifest (last), durably, and ends the session. The manifest is that of `base`, if given, with
   * the staged blocks over it, cut to `volumeSize`. Repeating it after a crash answers the manifest already written.
   */
  commit(target: { snapshotId: string; volumeSize: number; base?: string }): Promise<ManifestSummary>;
  /** Ends the session; what it alone listed becomes garbage. */
  abort(): Promise<void>;
}

/** What is said of a whole manifest, without keeping it open. */
export async function manifestSummary(
  store: BlockStore,
  snapshotId: string,
): Promise<ManifestSummary | undefined> {
  const manifest = await store.openManifest(snapshotId);
  if (!manifest) return undefined;
  await manifest.close();
  const { volumeSize, blockCount } = manifest;
  return { snapshotId, volumeSize, blockCount };
}

export class BlockMissing extends Error {
  override name = 'BlockMissing';
  constructor(domain: string, digest: Digest, where: string) {
    super(`Block ${digest} of key domain ${domain} is not in the store (${where})`);
  }
}

/** A new session was to be opened on a key domain whose data key is destroyed. */
export class DomainForgotten extends Error {
  override name = 'DomainForgotten';
  constructor(domain: string) {
    super(`The data key of key domain ${domain} is destroyed`);
  }
}

export class BlockCorrupt extends Error {
  override name = 'BlockCorrupt';
  constructor(domain: string, digest: Digest, where: string, cause?: unknown) {
    super(`Block ${digest} of key domain ${domain} is corrupt (${where})`, { cause });
  }
}
