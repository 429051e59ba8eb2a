import { hash } from 'node:crypto';
import { type BlockReference, blockSize, type Manifest } from '../../domain/manifest.ts';
import { BlockMissing, type BlockStore, DomainForgotten, type WriteSession } from './block-store.ts';
import { mergeManifest } from './merge-manifest.ts';

const zeroBlock = Buffer.alloc(blockSize);

interface Session {
  domain: string;
  staged: Map<number, BlockReference | null>;
}

/** Blocks in memory, for tests. Nothing is compressed, encrypted or collected. */
export function memoryBlockStore(): BlockStore {
  const blocks = new Map<string, Buffer>();
  const manifests = new Map<string, Manifest>();
  const sessions = new Map<string, Session>();
  const forgotten = new Set<string>();
  const keyOf = ({ domain, digest }: BlockReference) => `${digest} ${domain}`;
  const copyOf = (manifest: Manifest): Manifest => ({ ...manifest, blocks: new Map(manifest.blocks) });

  const handle = (sessionId: string): WriteSession => {
    const open = (): Session => {
      const session = sessions.get(sessionId);
      if (!session) throw new Error(`Write session ${sessionId} is ended`);
      return session;
    };
    return {
      sessionId,
      async put(index, bytes) {
        if (bytes.length !== blockSize)
          throw new RangeError(`A block has ${blockSize} bytes, not ${bytes.length}`);
        if (!Number.isInteger(index) || index < 0) throw new RangeError(`${index} is not a block index`);
        const session = open();
        if (zeroBlock.equals(bytes)) {
          session.staged.set(index, null);
          return;
        }
        const reference = { domain: session.domain, digest: hash('sha256', bytes) };
        if (!blocks.has(keyOf(reference))) blocks.set(keyOf(reference), Buffer.from(bytes));
        session.staged.set(index, reference);
      },
      staged: async () => new Map(open().staged),
      async flush() {
        open();
      },
      async commit(target) {
        const written = manifests.get(target.snapshotId);
        if (!written) {
          const base = target.base === undefined ? undefined : manifests.get(target.base)?.blocks;
          manifests.set(target.snapshotId, mergeManifest(target, base, open().staged));
        }
        sessions.delete(sessionId);
        return copyOf(manifests.get(target.snapshotId)!);
      },
      async abort() {
        sessions.delete(sessionId);
      },
    };
  };

  return {
    async read(reference) {
      const bytes = forgotten.has(reference.domain) ? undefined : blocks.get(keyOf(reference));
      if (!bytes) throw new BlockMissing(reference.domain, reference.digest, 'memory');
      return Buffer.from(bytes);
    },
    async openSession(sessionId, domain) {
      const open = sessions.get(sessionId);
      if (!open && forgotten.has(domain)) throw new DomainForgotten(domain);
      if (open && open.domain !== domain)
        throw new Error(`Write session ${sessionId} writes to key domain ${open.domain}, not ${domain}`);
      if (!open) sessions.set(sessionId, { domain, staged: new Map() });
      return handle(sessionId);
    },
    openSessions: async () => [...sessions.keys()].sort(),
    async abortSession(sessionId) {
      sessions.delete(sessionId);
    },
    async getManifest(snapshotId) {
      const manifest = manifests.get(snapshotId);
      return manifest && copyOf(manifest);
    },
    async deleteManifest(snapshotId) {
      manifests.delete(snapshotId);
    },
    listManifests: async () => [...manifests.keys()].sort(),
    async forgetDomain(domain) {
      forgotten.add(domain);
    },
    async close() {},
  };
}
