import type { Manifest } from '../../stores/blocks/block-store.ts';
import type { SnapshotReader } from '../../stores/blocks/local/read/snapshot-reader.ts';

/** Of a manifest with open connections: 4.5 MiB. */
const cachedChunks = 32;
/** Manifests kept open for the next connection when the last one has ended. */
const maxIdle = 4;

/** One open manifest for all connections to a snapshot. */
export interface SharedManifests {
  /** `release` is called once for each `acquire`. */
  acquire(snapshotId: string): Promise<{ manifest: Manifest; release(): void } | undefined>;
  /** Closes all of them; nobody may use one any more. */
  close(): Promise<void>;
}

interface Shared {
  opening: Promise<Manifest | undefined>;
  users: number;
}

export function sharedManifests(snapshots: Pick<SnapshotReader, 'openManifest' | 'has'>): SharedManifests {
  /** The ones used last come last. */
  const known = new Map<string, Shared>();

  const closeIdle = () => {
    const idle = [...known].filter(([, { users }]) => users === 0);
    for (const [snapshotId, shared] of idle.slice(0, -maxIdle)) {
      known.delete(snapshotId);
      void close(shared);
    }
  };
  const use = (snapshotId: string): Shared => {
    const shared = known.get(snapshotId) ?? {
      opening: snapshots.openManifest(snapshotId, cachedChunks),
      users: 0,
    };
    known.delete(snapshotId);
    known.set(snapshotId, shared);
    shared.users++;
    return shared;
  };

  return {
    async acquire(snapshotId) {
      // A manifest never changes, but it may be gone: then no new connection gets it.
      if (!(await snapshots.has(snapshotId))) return undefined;
      const shared = use(snapshotId);
      const release = () => {
        shared.users--;
        closeIdle();
      };
      const manifest = await shared.opening.catch(error => {
        if (known.get(snapshotId) === shared) known.delete(snapshotId);
        throw error;
      });
      if (manifest) return { manifest, release };
      known.delete(snapshotId);
      return undefined;
    },
    async close() {
      await Promise.all([...known.values()].map(close));
      known.clear();
    },
  };
}

function close({ opening }: Shared): Promise<void> {
  // A file that was only read has nothing to lose.
  return opening.then(manifest => manifest?.close()).catch(() => undefined);
}
