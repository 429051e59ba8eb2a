import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../src/stores/blocks/local/local-block-store.ts';
import { openSnapshotReader } from '../../src/stores/blocks/local/read/snapshot-reader.ts';
import { blocksOf } from './manifests.ts';
import { quickFolder } from './quick-folder.ts';

/** Incompressible pages, so that a block fills a good part of a small pack. */
export function seededBlock(seed: string): Buffer {
  const block = Buffer.alloc(blockSize, seed);
  createHash('shake256', { outputLength: 30_000 }).update(seed).digest().copy(block, 8_192);
  return block;
}

/** A store to be damaged while nobody has it open, in a new folder unless one is named. */
export async function storeToDamage(options: { folder?: string; masterKey?: Buffer } = {}) {
  const folder = options.folder ?? (await mkdtemp(join(quickFolder(), 'amity-damaged-')));
  await mkdir(folder, { recursive: true });
  const masterKey = options.masterKey ?? randomBytes(32);
  const settings = { folder, masterKey, packTarget: 128 * 1024, packGrace: 0 };
  const withStore = async <T>(work: (store: LocalBlockStore) => Promise<T>): Promise<T> => {
    const store = await openLocalBlockStore(settings);
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const packs = join(folder, 'packs');
  return {
    folder,
    masterKey,
    withStore,
    /** A snapshot of one block for each seed. */
    commit: (snapshotId: string, seeds: readonly string[], domain = 'domain') =>
      withStore(async store => {
        const session = await store.openSession(`for-${snapshotId}`, domain);
        for (const [index, seed] of seeds.entries()) await session.put(index, seededBlock(seed));
        await session.commit({ snapshotId, volumeSize: 1024 ** 3 });
      }),
    /** That a store with this damage opens, and of a snapshot gives every block but these, each right. */
    async expectAllBut(snapshotId: string, seeds: readonly string[], lost: readonly number[]) {
      const blocks = await withStore(store => blocksOf(store, snapshotId));
      const reader = openSnapshotReader({ folder, masterKey });
      for (const [index, seed] of seeds.entries()) {
        const reading = reader.read(blocks.get(index)!);
        if (lost.includes(index))
          await expect(reading, seed).rejects.toThrow(/is corrupt|is not in the store/);
        else expect((await reading).equals(seededBlock(seed)), seed).toBe(true);
      }
      await reader.close();
    },
    packFiles: async () => (await readdir(packs)).sort().map(name => join(packs, name)),
    /** Turns over one bit. */
    async flip(path: string, offset: number) {
      const file = await open(path, 'r+');
      const byte = Buffer.alloc(1);
      const at = offset < 0 ? (await file.stat()).size + offset : offset;
      await file.read(byte, 0, 1, at);
      byte[0]! ^= 1;
      await file.write(byte, 0, 1, at);
      await file.close();
    },
    /** Asks or changes the index directly. */
    sql(text: string): Record<string, unknown>[] {
      const db = new DatabaseSync(join(folder, 'index.sqlite'));
      try {
        return db.prepare(text).all();
      } finally {
        db.close();
      }
    },
    loseIndex: async () => {
      for (const name of await readdir(folder))
        if (name.startsWith('index.sqlite')) await rm(join(folder, name));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A copy in a new folder. */
export async function copyToDamage({ folder, masterKey }: { folder: string; masterKey: Buffer }) {
  const copy = await storeToDamage({ masterKey });
  await cp(folder, copy.folder, { recursive: true });
  return copy;
}
