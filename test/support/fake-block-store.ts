import { createHash } from 'node:crypto';
import { type BlockReference, blockSize, type Manifest } from '../../src/domain/manifest.ts';
import type { BlockStore, WriteSession } from '../../src/stores/blocks/block-store.ts';

/** Just enough of a block store for tests of uploads: digests only, no bytes. */
export function fakeBlockStore(): BlockStore & { manifests: Map<string, Manifest> } {
  const manifests = new Map<string, Manifest>();
  const sessions = new Map<string, Map<number, BlockReference | null>>();
  const zeroes = Buffer.alloc(blockSize);

  const session = (sessionId: string, domain: string): WriteSession => ({
    sessionId,
    async put(index, bytes) {
      const digest = createHash('sha256').update(bytes).digest('hex');
      sessions.get(sessionId)!.set(index, zeroes.equals(bytes) ? null : { domain, digest });
    },
    staged: async () => new Map(sessions.get(sessionId)),
    async flush() {},
    async commit({ snapshotId, volumeSize, base }) {
      const blocks = new Map(base === undefined ? [] : manifests.get(base)!.blocks);
      for (const [index, block] of sessions.get(sessionId)!)
        if (block) blocks.set(index, block);
        else blocks.delete(index);
      const manifest = { snapshotId, volumeSize, blocks };
      manifests.set(snapshotId, manifest);
      sessions.delete(sessionId);
      return manifest;
    },
    async abort() {
      sessions.delete(sessionId);
    },
  });

  return {
    manifests,
    read: async () => {
      throw new Error('The fake keeps no bytes');
    },
    async openSession(sessionId, domain) {
      if (!sessions.has(sessionId)) sessions.set(sessionId, new Map());
      return session(sessionId, domain);
    },
    openSessions: async () => [...sessions.keys()],
    getManifest: async snapshotId => manifests.get(snapshotId),
    async deleteManifest(snapshotId) {
      manifests.delete(snapshotId);
    },
    listManifests: async () => [...manifests.keys()],
    async close() {},
  };
}
