import type { BlockReference, Digest, Manifest } from '../../domain/manifest.ts';

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
  getManifest(snapshotId: string): Promise<Manifest | undefined>;
  /** Forgets a manifest; its blocks become garbage unless listed elsewhere. Absent is no error. */
  deleteManifest(snapshotId: string): Promise<void>;
  listManifests(): Promise<string[]>;
  /**
   * Destroys a domain's data key: none of its blocks can be read again, and no new session
   * opens on it. Repeating it is no error, and finishes what a crash has cut off.
   */
  forgetDomain(domain: string): Promise<void>;
  close(): Promise<void>;
}

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
  /** What is staged so far: index → block, null where it is all zeroes. */
  staged(): Promise<ReadonlyMap<number, BlockReference | null>>;
  /** Everything put so far is on disk, index included. */
  flush(): Promise<void>;
  /**
   * Flushes, writes the manifest (last), durably, and ends the session. The manifest is that of `base`, if given, with
   * the staged blocks over it, cut to `volumeSize`. Repeating it after a crash answers the manifest already written.
   */
  commit(target: { snapshotId: string; volumeSize: number; base?: string }): Promise<Manifest>;
  /** Ends the session; what it alone listed becomes garbage. */
  abort(): Promise<void>;
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
