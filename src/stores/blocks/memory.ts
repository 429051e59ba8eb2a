import { createHash, hash } from 'node:crypto';
import { blockSet } from '../../domain/block-set.ts';
import {
  type BlockReference,
  blockSize,
  type ManifestChunk,
  type ManifestEntry,
  type ManifestSummary,
} from '../../domain/manifest.ts';
import {
  BlockMissing,
  type BlockStore,
  DomainForgotten,
  type Manifest,
  type StagedEntry,
  type WriteSession,
} from './block-store.ts';
import { manifestHandle } from './manifest-handle.ts';
import { byChunk, checkTarget, mergeChunk } from './merge-manifest.ts';

const zeroBlock = Buffer.alloc(blockSize);

interface Session {
  domain: string;
  staged: Map<number, BlockReference | null>;
}

interface KeptManifest extends ManifestSummary {
  chunks: Map<number, ManifestEntry[]>;
}

/** Blocks in memory, for tests. Nothing is compressed, encrypted or collected. */
export function memoryBlockStore(): BlockStore {
  const blocks = new Map<string, Buffer>();
  const manifests = new Map<string, KeptManifest>();
  const sessions = new Map<string, Session>();
  const forgotten = new Set<string>();
  const keyOf = ({ domain, digest }: BlockReference) => `${digest} ${domain}`;

  const handle = (sessionId: string): WriteSession => {
    const open = (): Session => {
      const session = sessions.get(sessionId);
      if (!session) throw new Error(`Write session ${sessionId} is ended`);
      return session;
    };
    async function* stagedEntries(): AsyncGenerator<StagedEntry[]> {
      const entries = [...open().staged].sort(([a], [b]) => a - b);
      if (entries.length > 0) yield entries;
    }
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
      staged: async () => blockSet(open().staged.keys()),
      stagedEntries,
      async flush() {
        open();
      },
      async commit(target) {
        if (!manifests.has(target.snapshotId)) {
          const base = target.base === undefined ? undefined : manifests.get(target.base);
          checkTarget(target, base !== undefined);
          const chunks = new Map(base?.chunks);
          for await (const [number, entries] of byChunk(stagedEntries()))
            chunks.set(number, mergeChunk(chunkOver(chunks.get(number) ?? []), entries, target.volumeSize));
          manifests.set(target.snapshotId, keptManifest(target, chunks));
        }
        sessions.delete(sessionId);
        const { snapshotId, volumeSize, blockCount } = manifests.get(target.snapshotId)!;
        return { snapshotId, volumeSize, blockCount };
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
    async openManifest(snapshotId) {
      const manifest = manifests.get(snapshotId);
      return manifest && openKept(manifest);
    },
    hasManifest: async snapshotId => manifests.has(snapshotId),
    async deleteManifest(snapshotId) {
      manifests.delete(snapshotId);
    },
    listManifests: async () => [...manifests.keys()].sort(),
    async memoryKey(domain) {
      if (forgotten.has(domain)) throw new DomainForgotten(domain);
      return hash('sha256', domain, 'buffer');
    },
    async forgetDomain(domain) {
      forgotten.add(domain);
    },
    async close() {},
  };
}

/** Cut to the volume's size; ascending, and without chunks that list nothing. */
function keptManifest(
  { snapshotId, volumeSize }: { snapshotId: string; volumeSize: number },
  chunks: Map<number, ManifestEntry[]>,
): KeptManifest {
  const cut = [...chunks]
    .map(([number, entries]) => [number, mergeChunk(chunkOver(entries), [], volumeSize)] as const)
    .filter(([, entries]) => entries.length > 0)
    .sort(([a], [b]) => a - b);
  const blockCount = cut.reduce((sum, [, entries]) => sum + entries.length, 0);
  return { snapshotId, volumeSize, blockCount, chunks: new Map(cut) };
}

function openKept({ chunks, ...summary }: KeptManifest): Manifest {
  const load = async (number: number) => chunkOver(chunks.get(number)!);
  return manifestHandle(
    summary,
    {
      numbers: [...chunks.keys()],
      load,
      walker: () => load,
      fingerprint: number =>
        createHash('sha256')
          .update(JSON.stringify(chunks.get(number)))
          .digest('hex'),
      close: async () => undefined,
    },
    1,
  );
}

function chunkOver(entries: readonly ManifestEntry[]): ManifestChunk {
  const byIndex = new Map(entries);
  return {
    blockCount: entries.length,
    at: index => byIndex.get(index),
    entries: (from = 0) => entries.filter(([index]) => index >= from),
  };
}
