import { chmod } from 'node:fs/promises';
import type { BlockReference, ManifestSummary } from '../../../domain/manifest.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { type BlockStore, DomainForgotten } from '../block-store.ts';
import { type CommitTarget, checkTarget } from '../merge-manifest.ts';
import { recoverPacks } from './check/recovery.ts';
import { type VerifyReport, verifyBlocks } from './check/verify.ts';
import { prepareFolders, removeTemporaries, storeFolders } from './files/folders.ts';
import { localPackStorage } from './files/local-pack-storage.ts';
import { type ManifestFiles, manifestFiles } from './files/manifest-files.ts';
import type { PackStorage } from './files/pack-storage.ts';
import { profileFiles } from './files/profile-files.ts';
import { restoreFiles } from './files/restore-files.ts';
import { lockWriter } from './files/writer-lock.ts';
import { runsOf } from './formats/recipe-codec.ts';
import { maxDomainLength } from './formats/stored-block.ts';
import { collectGarbage, type GarbageReport } from './garbage/garbage.ts';
import { blockIndex } from './index/block-index.ts';
import { openIndexFile } from './index/index-schema.ts';
import { memoryKeyOf } from './keys/domain-keys.ts';
import { keyRing } from './keys/key-ring.ts';
import { pooledReader } from './read/pooled-reader.ts';
import { WorkerPool } from './threads/worker-pool.ts';
import { blockWriter } from './write/block-writer.ts';
import { workQueue } from './write/queue.ts';
import { writeManifest } from './write/write-manifest.ts';
import { type LocalSession, localSession, stagedPages } from './write/write-session.ts';

/** More than a store hands out between two flushes. */
const numbersSkipped = 4_096;

export interface LocalBlockStoreOptions {
  /** `DATA/<region>/blocks`; made if it is not there. */
  folder: string;
  /** 32 bytes. */
  masterKey: Buffer;
  /** Bytes at which a pack is sealed: 64 MiB unless a test wants less. */
  packTarget?: number;
  /** Milliseconds for which a pack stays whose contents were moved: a minute unless a test wants less. */
  packGrace?: number;
  /** Where the packs are, if not in the folder; the store closes it. */
  packs?: PackStorage;
  /** Where manifests and wrapped keys are kept too, and brought back from when the folder has lost them. */
  objects?: ObjectStore;
}

export interface LocalBlockStore extends BlockStore {
  /** Forgets blocks nobody lists, removes packs left empty and compacts those mostly dead. Safe while writing, and when killed. */
  collectGarbage(): Promise<GarbageReport>;
  /** Checks every block every manifest lists; with `readData` by reading it. */
  verify(options?: { readData?: boolean }): Promise<VerifyReport>;
}

/**
 * Blocks in packs on local disk, encrypted (design §5). One process writes; others read beside it through
 * `openSnapshotReader`. @throws when another process writes to the folder, or the master key is not this store's.
 */
export async function openLocalBlockStore(options: LocalBlockStoreOptions): Promise<LocalBlockStore> {
  const folders = storeFolders(options.folder);
  const keys = keyRing(folders.keys, options.masterKey, options.objects);
  await prepareFolders(folders);
  const lock = lockWriter(folders.lock);
  try {
    await removeTemporaries(folders);
    if (options.objects) await restoreFiles(options.objects, folders);
    await keys.check();
    const index = blockIndex(await openIndexFile(folders.index, keys));
    try {
      for (const path of [folders.index, folders.lock]) await chmod(path, 0o600);
      const storage = options.packs ?? localPackStorage(folders.packs, { target: options.packTarget });
      await recoverPacks(storage, index, keys);
      // Numbers given before a crash to what it took, too, are not given twice.
      index.begin();
      index.segments.skip(numbersSkipped);
      index.commit();
      const manifests = manifestFiles(folders.manifests, options.objects);
      const grace = options.packGrace ?? 60_000;
      return assemble({ storage, folders, manifests, keys, index, lock, grace });
    } catch (error) {
      index.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Parts {
  storage: PackStorage;
  folders: ReturnType<typeof storeFolders>;
  manifests: ManifestFiles;
  keys: ReturnType<typeof keyRing>;
  index: ReturnType<typeof blockIndex>;
  lock: { release(): void };
  /** Milliseconds for which a pack stays whose contents were moved. */
  grace: number;
}

function assemble({ storage, folders, manifests, keys, index, lock, grace }: Parts): LocalBlockStore {
  const sessions = new Map<string, LocalSession>();
  const profiles = profileFiles(folders.profiles);
  const withManifestsStill = workQueue(1);
  let generation = 0;
  const emptied = new Map<number, number>();
  const sizes = new Map<number, number>();
  let collecting: Promise<GarbageReport> | undefined;

  const settle = () => {
    for (const session of sessions.values()) session.settle();
  };
  /** What is not flushed is lost, the rest stands: sessions must be opened again and go on from their last flush. */
  const reset = (cause: unknown) => {
    generation++;
    for (const session of sessions.values()) session.fail(cause);
    sessions.clear();
    writer.reset();
    index.rollback();
  };
  const change = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      reset(error);
      throw error;
    }
  };
  const pool = new WorkerPool();
  const writer = blockWriter({ storage, pool, index, keys, settle, onFailure: reset });
  const reader = pooledReader(storage, keys, index, pool);
  const read = async (reference: BlockReference) => {
    if (writer.has(reference)) await writer.flush();
    return reader.read(reference);
  };
  const isListed = (reference: BlockReference) => {
    const recipe = index.recipe(reference);
    return (
      recipe !== undefined &&
      runsOf(recipe).every(({ segment }) => index.segments.find(reference.domain, segment))
    );
  };

  const finish = (sessionId: string, target: CommitTarget) =>
    withManifestsStill(async (): Promise<ManifestSummary> => {
      const end = () =>
        change(() => {
          index.endSession(sessionId);
          index.commit();
        });
      const written = await manifests.open(target.snapshotId);
      if (written) {
        await written.close();
        await manifests.sync();
        end();
        return summaryOf(written);
      }
      if (index.session(sessionId) === undefined) throw new Error(`Write session ${sessionId} is ended`);
      const base = target.base === undefined ? undefined : await manifests.open(target.base);
      try {
        checkTarget(target, base !== undefined);
        await writer.settlePacks();
        const summary = await writeManifest(manifests, target, base, stagedPages(index, sessionId));
        // A hint: what keeps it from being written keeps no snapshot from being made.
        if (base) await profiles.inherit(target.snapshotId, base.snapshotId).catch(() => undefined);
        end();
        return summary;
      } finally {
        await base?.close();
      }
    });

  const openSession = async (sessionId: string, domain: string): Promise<LocalSession> => {
    const isForgotten = await keys.isForgotten(domain);
    const open = sessions.get(sessionId);
    const known = index.session(sessionId);
    if (known !== undefined && known !== domain)
      throw new Error(`Write session ${sessionId} writes to key domain ${known}, not ${domain}`);
    if (open) return open;
    if (domain.length === 0 || Buffer.byteLength(domain) > maxDomainLength)
      throw new RangeError(`A key domain's name has 1 to ${maxDomainLength} bytes`);
    if (known === undefined && isForgotten) throw new DomainForgotten(domain);
    if (known === undefined)
      change(() => {
        index.addSession(sessionId, domain);
        index.commit();
      });
    const session = localSession({
      sessionId,
      domain,
      index,
      writer,
      change,
      finish: target => finish(sessionId, target),
      onEnded: () => {
        if (sessions.get(sessionId) === session) sessions.delete(sessionId);
      },
    });
    sessions.set(sessionId, session);
    return session;
  };

  return {
    read,
    openSession,
    async abortSession(sessionId) {
      const domain = index.session(sessionId);
      if (domain !== undefined) await (await openSession(sessionId, domain)).abort();
    },
    openSessions: async () => index.sessions(),
    openManifest: snapshotId => manifests.open(snapshotId),
    hasManifest: manifests.has,
    async deleteManifest(snapshotId) {
      await manifests.remove(snapshotId);
      await profiles.remove(snapshotId);
    },
    listManifests: manifests.list,
    async memoryKey(domain) {
      if (await keys.isForgotten(domain)) throw new DomainForgotten(domain);
      return memoryKeyOf(domain, (await keys.findOrCreate(domain)).data);
    },
    async forgetDomain(domain) {
      await keys.forget(domain);
      reader.forget();
    },
    collectGarbage() {
      collecting ??= collectGarbage({
        storage,
        index,
        keys,
        writer,
        manifests,
        settle,
        withManifestsStill,
        generation: () => generation,
        change,
        ...{ emptied, grace, sizes },
      }).finally(() => {
        collecting = undefined;
      });
      return collecting;
    },
    verify: verifyOptions => verifyBlocks(manifests, { read }, isListed, verifyOptions),
    async close() {
      await collecting?.catch(() => undefined);
      try {
        await writer.flush();
      } finally {
        await writer.close().finally(async () => {
          reader.close();
          await pool.close();
          await storage.close();
          index.commit();
          index.close();
          lock.release();
        });
      }
    },
  };
}

function summaryOf({ snapshotId, volumeSize, blockCount }: ManifestSummary): ManifestSummary {
  return { snapshotId, volumeSize, blockCount };
}
