import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, open, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockSize } from '../../../../src/domain/manifest.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../../../src/stores/blocks/local/local-block-store.ts';
import { openSnapshotReader } from '../../../../src/stores/blocks/local/read/snapshot-reader.ts';
import { blockOf, blockStoreContract, zeroes } from '../../../contract/block-store.ts';
import { blocksOf } from '../../../support/manifests.ts';

const masterKey = randomBytes(32);
const gib = 1024 ** 3;
const temporary = () => mkdtemp(join(tmpdir(), 'amity-blocks-'));

blockStoreContract(async () => {
  const folder = await temporary();
  return {
    store: await openLocalBlockStore({ folder, masterKey }),
    remove: () => rm(folder, { recursive: true }),
  };
});

describe('a block store on local files', () => {
  let folder: string;
  let store: LocalBlockStore;
  beforeEach(async () => {
    folder = await temporary();
    store = await openLocalBlockStore({ folder, masterKey, packTarget: 1024 * 1024 });
  });
  afterEach(async () => {
    await store.close().catch(() => undefined);
    await rm(folder, { recursive: true });
  });

  const reopen = async () => {
    await store.close();
    store = await openLocalBlockStore({ folder, masterKey, packTarget: 1024 * 1024 });
  };
  const commit = async (snapshotId: string, seeds: (string | number)[]) => {
    const session = await store.openSession(`for-${snapshotId}`, 'domain');
    await Promise.all(seeds.map((seed, index) => session.put(index, blockOf(seed))));
    return session.commit({ snapshotId, volumeSize: gib });
  };
  const expectBlocks = async (snapshotId: string, seeds: (string | number)[]) => {
    const blocks = await blocksOf(store, snapshotId);
    expect(blocks.size).toBe(seeds.length);
    for (const [index, seed] of seeds.entries())
      expect((await store.read(blocks.get(index)!)).equals(blockOf(seed))).toBe(true);
  };
  const packs = async () => (await readdir(join(folder, 'packs'))).sort();
  const packedBytes = async () => {
    const sizes = await Promise.all(
      (await packs()).map(async name => (await stat(join(folder, 'packs', name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

  test('keeps blocks over a restart, in several packs', async () => {
    await commit('snap-1', numbers(12));
    expect((await packs()).length).toBeGreaterThan(2);
    await reopen();
    await expectBlocks('snap-1', numbers(12));
    expect(await store.verify({ readData: true })).toEqual({ manifests: 1, blocks: 12, problems: [] });
  });

  test('stores equal blocks once, in one session and over sessions', async () => {
    await commit('snap-1', ['a', 'a', 'a', 'b']);
    const once = await packedBytes();
    expect(once).toBeLessThan(2.2 * blockSize);
    await commit('snap-2', ['b', 'a', 'b']);
    expect(await packedBytes()).toBe(once);
  });

  test('nothing plain is on disk', async () => {
    const secret = Buffer.alloc(blockSize);
    randomBytes(blockSize).copy(secret);
    secret.write('the words nobody should find on the disk');
    const session = await store.openSession('s', 'domain');
    await session.put(0, secret);
    await session.commit({ snapshotId: 'snap-1', volumeSize: gib });
    for (const name of await packs()) {
      const file = await open(join(folder, 'packs', name));
      expect((await file.readFile()).includes('the words nobody')).toBe(false);
      await file.close();
    }
  });

  test('a forgotten key is erased, stays so over restarts, and the rest survives a lost index', async () => {
    await commit('snap-1', ['a', 'b']);
    const other = await store.openSession('other', 'another');
    await other.put(0, blockOf('c'));
    await other.commit({ snapshotId: 'snap-2', volumeSize: gib });
    const kept = (await blocksOf(store, 'snap-2')).get(0)!;
    await store.forgetDomain('domain');
    const keys = await readdir(join(folder, 'keys'));
    const gone = keys.filter(name => name.endsWith('.gone'));
    expect(keys.length).toBe(2);
    expect(gone.length).toBe(1);
    expect((await stat(join(folder, 'keys', gone[0]!))).size).toBe(0);
    // As after a crash: the pack that holds blocks of both is open still.
    const copy = await temporary();
    await cp(folder, copy, { recursive: true });
    await store.close();
    await rm(folder, { recursive: true });
    await rename(copy, folder);
    for (const name of await readdir(folder)) if (name.startsWith('index')) await rm(join(folder, name));
    store = await openLocalBlockStore({ folder, masterKey });
    const lost = (await blocksOf(store, 'snap-1')).get(0)!;
    await expect(store.read(lost)).rejects.toThrow(/no data key/);
    await expect(store.openSession('late', 'domain')).rejects.toThrow(/destroyed/);
    expect(await store.read(kept)).toEqual(blockOf('c'));
  });

  test('an interrupted session goes on from its last flush', async () => {
    const session = await store.openSession('s', 'domain');
    await session.put(0, blockOf('a'));
    await session.put(1, zeroes);
    await session.flush();
    await reopen();
    expect(await store.openSessions()).toEqual(['s']);
    const resumed = await store.openSession('s', 'domain');
    expect([...(await resumed.staged()).indexes()]).toEqual([0, 1]);
    await resumed.put(2, blockOf('b'));
    await resumed.commit({ snapshotId: 'snap-1', volumeSize: gib });
    expect([...(await blocksOf(store, 'snap-1')).keys()]).toEqual([0, 2]);
  });

  test('a flipped bit is an error naming block and pack, never wrong data', async () => {
    await commit('snap-1', ['a']);
    const blocks = await blocksOf(store, 'snap-1');
    const [name] = await packs();
    const path = join(folder, 'packs', name!);
    const file = await open(path, 'r+');
    const byte = Buffer.alloc(1);
    for (const position of [16, 20, 24, 40, 90, 5_000]) {
      await file.read(byte, 0, 1, position);
      await file.write(Buffer.from([byte[0]! ^ 1]), 0, 1, position);
      const { digest } = blocks.get(0)!;
      await expect(store.read(blocks.get(0)!)).rejects.toThrow(
        new RegExp(`${digest}.*domain.*corrupt.*${name}`),
      );
      await file.write(byte, 0, 1, position);
    }
    await file.close();
    expect(await store.read(blocks.get(0)!)).toEqual(blockOf('a'));
  });

  test('a segment put in the place of another is corrupt', async () => {
    const session = await store.openSession('s', 'domain');
    // Both incompressible, so that they are equally long.
    const [one, two] = [randomBytes(blockSize), randomBytes(blockSize)];
    await session.put(0, one);
    await session.put(1, two);
    await session.commit({ snapshotId: 'snap-1', volumeSize: gib });
    const blocks = await blocksOf(store, 'snap-1');
    await store.close();
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(join(folder, 'index.sqlite'));
    db.exec('UPDATE segments SET offset = (SELECT sum(offset) FROM segments) - offset');
    db.close();
    store = await openLocalBlockStore({ folder, masterKey });
    await expect(store.read(blocks.get(0)!)).rejects.toThrow(/corrupt/);
  });

  test('verify names what is missing, per snapshot', async () => {
    await commit('snap-1', numbers(4));
    await commit('snap-2', ['other']);
    const names = await packs();
    await rm(join(folder, 'packs', names.at(0)!));
    const { problems } = await store.verify({ readData: true });
    expect(problems.length).toBeGreaterThan(0);
    expect(new Set(problems.map(problem => problem.snapshotId))).toEqual(new Set(['snap-1']));
    expect(problems[0]!.problem).toMatch(/not in the store.*gone/);
    await writeFile(join(folder, 'manifests', 'snap-2.manifest'), 'garbage');
    expect((await store.verify()).problems).toContainEqual({
      snapshotId: 'snap-2',
      problem: expect.stringMatching(/snap-2/),
    });
  });

  test('garbage is what no manifest and no open session lists', async () => {
    await commit('snap-1', numbers(8));
    await commit('snap-2', numbers(4, 100));
    const session = await store.openSession('open', 'domain');
    await session.put(0, blockOf(0));
    await session.put(1, blockOf('new'));
    await store.deleteManifest('snap-1');
    const before = (await packs()).length;
    const report = await store.collectGarbage();
    expect(report.blocksRemoved).toBe(7);
    expect(report.packsRemoved).toBeGreaterThan(0);
    // The two live blocks that shared packs with dead ones have one pack of their own now.
    expect((await packs()).length).toBe(before - report.packsRemoved + 1);
    await expectBlocks('snap-2', numbers(4, 100));
    await session.commit({ snapshotId: 'snap-3', volumeSize: gib });
    await expectBlocks('snap-3', [0, 'new']);
    expect(await store.collectGarbage()).toEqual({
      blocksRemoved: 0,
      segmentsRemoved: 0,
      packsRemoved: 0,
      packsCompacted: 0,
    });
    await reopen();
    expect((await store.verify({ readData: true })).problems).toEqual([]);
  });

  test('a copy for another key domain’s account keeps the blocks of its source, which is gone', async () => {
    await commit('snap-1', numbers(4));
    const session = await store.openSession('snap-2', 'another domain');
    await session.commit({ snapshotId: 'snap-2', volumeSize: gib, base: 'snap-1' });
    await store.deleteManifest('snap-1');
    expect(await store.collectGarbage()).toMatchObject({ blocksRemoved: 0, packsRemoved: 0 });
    await reopen();
    await expectBlocks('snap-2', numbers(4));
  });

  test('garbage collection beside writers takes no block they rely on', async () => {
    let running = true;
    const collect = (async () => {
      while (running) await store.collectGarbage();
    })();
    for (let round = 0; round < 12; round++) {
      const seeds = numbers(5, round * 3);
      await commit(`snap-${round}`, seeds);
      if (round > 0) await store.deleteManifest(`snap-${round - 1}`);
      await expectBlocks(`snap-${round}`, seeds);
    }
    running = false;
    await collect;
    expect((await store.verify({ readData: true })).problems).toEqual([]);
  });

  test('a torn tail of the open pack is cut, and writing goes on in a new pack', async () => {
    await commit('snap-1', ['a']);
    await store.close();
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(join(folder, 'index.sqlite'));
    db.exec('UPDATE packs SET sealed = 0');
    db.close();
    const [name] = await packs();
    const path = join(folder, 'packs', name!);
    // What a kill leaves: no footer, and half a block behind the last one that was acknowledged.
    const { size } = await stat(path);
    await truncate(path, size - 20);
    const file = await open(path, 'a');
    await file.write(randomBytes(1_000));
    await file.close();
    store = await openLocalBlockStore({ folder, masterKey });
    expect((await stat(path)).size).toBe(size);
    await expectBlocks('snap-1', ['a']);
    await commit('snap-2', ['b']);
    expect((await packs()).length).toBe(2);
  });

  test('a lost index is rebuilt from the packs', async () => {
    await commit('snap-1', numbers(6));
    await store.close();
    // One pack without its footer, its last block torn too.
    const names = await packs();
    for (const name of await readdir(folder))
      if (name.startsWith('index.sqlite')) await rm(join(folder, name));
    const last = join(folder, 'packs', names.at(-1)!);
    await truncate(last, (await stat(last)).size - 30);
    store = await openLocalBlockStore({ folder, masterKey });
    await expectBlocks('snap-1', numbers(6));
  });

  test('another writer, or another master key, is refused with the remedy', async () => {
    await expect(openLocalBlockStore({ folder, masterKey })).rejects.toThrow(/stop it first/);
    await commit('snap-1', ['a']);
    await store.close();
    await expect(openLocalBlockStore({ folder, masterKey: randomBytes(32) })).rejects.toThrow(/master key/);
    await expect(openLocalBlockStore({ folder, masterKey: randomBytes(31) })).rejects.toThrow(/32 bytes/);
    store = await openLocalBlockStore({ folder, masterKey });
    await expectBlocks('snap-1', ['a']);
  });

  test('a snapshot id that is a path is refused', async () => {
    for (const snapshotId of ['../x', 'a/b', '', '.tmp', 'a\0'])
      await expect(store.openManifest(snapshotId)).rejects.toThrow(/not a snapshot id/);
  });

  test('a failed write loses only what was not flushed, and says so', async () => {
    const session = await store.openSession('s', 'domain');
    await session.put(0, blockOf('a'));
    await session.flush();
    await session.put(1, blockOf('b'));
    // The next pack cannot be made: the folder is in the way of its name.
    const next = String((await packs()).length + 1).padStart(8, '0');
    await writeFile(join(folder, 'packs', `${next}.pack`), '');
    await Promise.allSettled(numbers(6, 200).map(seed => session.put(seed, blockOf(seed))));
    await expect(session.commit({ snapshotId: 'snap-1', volumeSize: gib })).rejects.toThrow();
    await expect(session.put(9, blockOf('c'))).rejects.toThrow(/lost what was not flushed: open it again/);
    const again = await store.openSession('s', 'domain');
    expect([...(await again.staged()).indexes()]).toEqual([0]);
    await again.put(2, blockOf('c'));
    await again.commit({ snapshotId: 'snap-1', volumeSize: gib });
    const blocks = await blocksOf(store, 'snap-1');
    expect([...blocks.keys()]).toEqual([0, 2]);
    expect(await store.read(blocks.get(0)!)).toEqual(blockOf('a'));
    expect(await store.read(blocks.get(2)!)).toEqual(blockOf('c'));
  });

  test('another process reads new snapshots beside the writer', async () => {
    await commit('snap-1', ['a']);
    const reader = openSnapshotReader({ folder, masterKey });
    try {
      await commit('snap-2', ['b', 'a']);
      const view = (await reader.openManifest('snap-2'))!;
      expect([await reader.read((await view.at(0))!), await reader.read((await view.at(1))!)]).toEqual([
        blockOf('b'),
        blockOf('a'),
      ]);
      const reference = (await view.at(0))!;
      const runs = await reader.recipe(reference);
      const pages = await Promise.all(runs.map(run => reader.segment('domain', run.segment)));
      const block = Buffer.alloc(blockSize);
      for (const [position, { page, count, from }] of runs.entries())
        pages[position]!.copy(block, page * 4096, from * 4096, (from + count) * 4096);
      expect(block).toEqual(blockOf('b'));
      await expect(reader.segment('domain', 999_999)).rejects.toThrow(/Segment 999999.*not in the store/);
      expect(await view.at(2)).toBeUndefined();
      await view.close();
      expect(await reader.list()).toEqual(['snap-1', 'snap-2']);
      expect(await reader.openManifest('snap-3')).toBeUndefined();
    } finally {
      await reader.close();
    }
  });
});
