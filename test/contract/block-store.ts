import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockSize, chunkBlocks, type ManifestEntry } from '../../src/domain/manifest.ts';
import {
  BlockMissing,
  type BlockStore,
  DomainForgotten,
  manifestSummary,
} from '../../src/stores/blocks/block-store.ts';
import { listOf } from '../support/manifests.ts';

const gib = 1024 ** 3;

/** A block filled from a seed: half of it compresses, half does not. */
export function blockOf(seed: string | number): Buffer {
  const block = Buffer.alloc(blockSize, String(seed));
  createHash('shake256', { outputLength: blockSize / 2 })
    .update(String(seed))
    .digest()
    .copy(block);
  return block;
}

export const zeroes = Buffer.alloc(blockSize);

/** What every block store promises, whatever it stands on. */
export function blockStoreContract(
  make: () => Promise<{ store: BlockStore; remove(): Promise<void> }>,
): void {
  describe('a block store', () => {
    let store: BlockStore;
    let remove: () => Promise<void>;
    beforeEach(async () => {
      ({ store, remove } = await make());
    });
    afterEach(async () => {
      await store.close();
      await remove();
    });

    const commit = async (
      snapshotId: string,
      contents: Record<number, Buffer>,
      base?: string,
      volumeSize = gib,
    ) => {
      const session = await store.openSession(`session-${snapshotId}`, 'domain');
      await Promise.all(Object.entries(contents).map(([index, bytes]) => session.put(Number(index), bytes)));
      return session.commit({ snapshotId, volumeSize, base });
    };
    const readAll = async (snapshotId: string) => {
      const entries = (await listOf(store, snapshotId))!.map(
        async ([index, reference]) => [index, await store.read(reference)] as const,
      );
      return new Map(await Promise.all(entries));
    };

    test('reads back what was committed, and lists no zeroes', async () => {
      const manifest = await commit('snap-1', { 0: blockOf('a'), 1: zeroes, 7: blockOf('b') });
      expect(manifest).toEqual({ snapshotId: 'snap-1', volumeSize: gib, blockCount: 2 });
      expect(await manifestSummary(store, 'snap-1')).toEqual(manifest);
      expect(await readAll('snap-1')).toEqual(
        new Map([
          [0, blockOf('a')],
          [7, blockOf('b')],
        ]),
      );
      const [[index, reference]] = (await listOf(store, 'snap-1')) as [ManifestEntry];
      expect(index).toBe(0);
      expect(reference.digest).toBe(createHash('sha256').update(blockOf('a')).digest('hex'));
    });

    test.each([512, 9000])('reads back a block of which only %i bytes are not zero', async length => {
      const block = Buffer.alloc(blockSize);
      blockOf('few').copy(block, 300_000, blockSize - length);
      const words = Buffer.alloc(blockSize).fill('few words ', 0, length);
      await commit('snap-1', { 3: block, 5: words });
      expect(await readAll('snap-1')).toEqual(
        new Map([
          [3, block],
          [5, words],
        ]),
      );
    });

    test('a manifest with a base has the staged blocks over it, cut to the volume size', async () => {
      await commit('snap-1', { 0: blockOf('a'), 1: blockOf('b'), 2: blockOf('c'), 9: blockOf('d') });
      await commit('snap-2', { 1: blockOf('x'), 2: zeroes, 8: blockOf('y') }, 'snap-1', 8 * blockSize + 512);
      expect(await readAll('snap-2')).toEqual(
        new Map([
          [0, blockOf('a')],
          [1, blockOf('x')],
          [8, blockOf('y')],
        ]),
      );
      expect((await manifestSummary(store, 'snap-2'))!.volumeSize).toBe(8 * blockSize + 512);
    });

    test('a manifest is read piece by piece, from any block index on', async () => {
      const last = 2 * chunkBlocks + 5;
      await commit('snap-1', { 3: blockOf('a'), 4: blockOf('b'), [last]: blockOf('c') }, undefined, 8 * gib);
      const manifest = (await store.openManifest('snap-1'))!;
      expect(manifest).toMatchObject({ snapshotId: 'snap-1', volumeSize: 8 * gib, blockCount: 3 });
      expect(manifest.chunkNumbers).toEqual([0, 2]);
      const indexesFrom = async (from?: number) =>
        (await Array.fromAsync(manifest.entries(from))).map(batch => batch.map(([index]) => index));
      expect(await indexesFrom()).toEqual([[3, 4], [last]]);
      expect(await indexesFrom(4)).toEqual([[4], [last]]);
      expect(await indexesFrom(5)).toEqual([[last]]);
      expect(await indexesFrom(last + 1)).toEqual([]);
      const entries = (await listOf(store, 'snap-1'))!;
      expect(await Promise.all([3, 4, last].map(manifest.at))).toEqual(entries.map(([, block]) => block));
      expect(await Promise.all([0, chunkBlocks, last + 1, 2 ** 40].map(manifest.at))).toEqual(
        Array(4).fill(undefined),
      );
      const chunk = await manifest.chunk(0);
      expect(chunk.blockCount).toBe(2);
      expect(manifest.chunk(0)).toBe(chunk);
      expect(chunk.at(last)).toBeUndefined();
      expect(chunk.at(4)).toEqual(entries[1]![1]);
      await manifest.close();
      await manifest.close();
    });

    test('chunks of two manifests have one fingerprint where they list the same', async () => {
      const far = 3 * chunkBlocks;
      await commit('snap-1', { 0: blockOf('a'), [far]: blockOf('b') }, undefined, 8 * gib);
      await commit('snap-2', { 1: blockOf('x') }, 'snap-1', 8 * gib);
      const [one, two] = [(await store.openManifest('snap-1'))!, (await store.openManifest('snap-2'))!];
      expect(one.fingerprint(0)).not.toBe(two.fingerprint(0));
      expect(one.fingerprint(3)).toBe(two.fingerprint(3));
      expect(one.fingerprint(3)).toBeTypeOf('string');
      expect(one.fingerprint(1)).toBeUndefined();
      await Promise.all([one.close(), two.close()]);
    });

    test('a manifest stays readable by who has it open when it is deleted', async () => {
      await commit('snap-1', { 0: blockOf('a') });
      const manifest = (await store.openManifest('snap-1'))!;
      await store.deleteManifest('snap-1');
      expect(await store.hasManifest('snap-1')).toBe(false);
      expect((await manifest.at(0))?.domain).toBe('domain');
      await manifest.close();
    });

    test('a smaller volume on a base ends in the middle of a chunk', async () => {
      const border = chunkBlocks + 1;
      const contents = { 0: blockOf('a'), [border - 1]: blockOf('b'), [border]: blockOf('c') };
      await commit('snap-1', { ...contents, [3 * chunkBlocks]: blockOf('d') }, undefined, 8 * gib);
      await commit('snap-2', {}, 'snap-1', border * blockSize);
      expect([...(await readAll('snap-2')).keys()]).toEqual([0, border - 1]);
      await commit('snap-3', { 0: zeroes, [border - 1]: zeroes }, 'snap-2', 8 * gib);
      expect((await manifestSummary(store, 'snap-3'))!.blockCount).toBe(0);
    });

    test('a commit on a base that has no manifest is refused and leaves the session open', async () => {
      const session = await store.openSession('s', 'domain');
      await session.put(0, blockOf('a'));
      await expect(session.commit({ snapshotId: 'snap-2', volumeSize: gib, base: 'snap-1' })).rejects.toThrow(
        /snap-1/,
      );
      expect(await store.openSessions()).toEqual(['s']);
      expect((await session.commit({ snapshotId: 'snap-2', volumeSize: gib })).blockCount).toBe(1);
    });

    test('the last put of an index wins, also over puts still under way', async () => {
      const session = await store.openSession('s', 'domain');
      await Promise.all([
        session.put(0, blockOf('a')),
        session.put(0, zeroes),
        session.put(0, blockOf('b')),
        session.put(1, blockOf('a')),
        session.put(1, zeroes),
      ]);
      const { blockCount } = await session.commit({ snapshotId: 'snap-1', volumeSize: gib });
      expect(blockCount).toBe(1);
      expect(await readAll('snap-1')).toEqual(new Map([[0, blockOf('b')]]));
    });

    test('says what is staged, before and after a flush, null for zeroes', async () => {
      const session = await store.openSession('s', 'domain');
      await session.put(3, blockOf('a'));
      await session.put(4, zeroes);
      const digest = createHash('sha256').update(blockOf('a')).digest('hex');
      const check = async () => {
        const staged = await session.staged();
        expect([staged.size, staged.has(3), staged.has(4), staged.has(5)]).toEqual([2, true, true, false]);
        expect([...staged.indexes()]).toEqual([3, 4]);
        expect((await Array.fromAsync(session.stagedEntries())).flat()).toEqual([
          [3, { domain: 'domain', digest }],
          [4, null],
        ]);
      };
      await check();
      await session.flush();
      await check();
    });

    test('puts that each flush, all at the same time, are all durable', async () => {
      const session = await store.openSession('s', 'domain');
      const indexes = Array.from({ length: 24 }, (_, index) => index);
      await Promise.all(
        indexes.map(async index => {
          await session.put(index, blockOf(index % 5));
          await session.flush();
          await session.put(index, blockOf(index % 7));
          await session.flush();
        }),
      );
      await session.commit({ snapshotId: 'snap-1', volumeSize: gib });
      expect(await readAll('snap-1')).toEqual(new Map(indexes.map(index => [index, blockOf(index % 7)])));
    });

    test('a session opened twice is one session', async () => {
      const [one, two] = [await store.openSession('s', 'domain'), await store.openSession('s', 'domain')];
      await one.put(0, blockOf('a'));
      await two.put(1, blockOf('b'));
      await one.flush();
      expect([...(await two.staged()).indexes()]).toEqual([0, 1]);
      expect(await store.openSessions()).toEqual(['s']);
      await expect(store.openSession('s', 'another domain')).rejects.toThrow(/domain/);
    });

    test('repeating a commit answers the manifest already written', async () => {
      const manifest = await commit('snap-1', { 0: blockOf('a') });
      const again = await store.openSession('session-snap-1', 'domain');
      await again.put(0, blockOf('something else'));
      expect(await again.commit({ snapshotId: 'snap-1', volumeSize: gib })).toEqual(manifest);
      expect(await again.commit({ snapshotId: 'snap-1', volumeSize: gib })).toEqual(manifest);
      expect(await store.openSessions()).toEqual([]);
    });

    test('a session can be ended by its id alone, and one that is not there too', async () => {
      const session = await store.openSession('s', 'domain');
      await session.put(0, blockOf('a'));
      await store.abortSession('s');
      await store.abortSession('nobody');
      await expect(session.put(1, blockOf('b'))).rejects.toThrow(/ended/);
      expect(await store.openSessions()).toEqual([]);
    });

    test('an ended session takes no more blocks, and abort may be repeated', async () => {
      const session = await store.openSession('s', 'domain');
      await session.put(0, blockOf('a'));
      await session.abort();
      await session.abort();
      await expect(session.put(1, blockOf('b'))).rejects.toThrow(/ended/);
      await expect(session.commit({ snapshotId: 'snap-1', volumeSize: gib })).rejects.toThrow(/ended/);
      expect(await store.openSessions()).toEqual([]);
      expect(await store.openManifest('snap-1')).toBeUndefined();
      expect(await store.hasManifest('snap-1')).toBe(false);
    });

    test('equal blocks of two key domains are two blocks', async () => {
      await commit('snap-1', { 0: blockOf('a') });
      const [[, { digest }]] = (await listOf(store, 'snap-1')) as [ManifestEntry];
      await expect(store.read({ domain: 'another', digest })).rejects.toThrow(BlockMissing);
      const session = await store.openSession('s', 'another');
      await session.put(0, blockOf('a'));
      await session.commit({ snapshotId: 'snap-2', volumeSize: gib });
      expect(await store.read({ domain: 'another', digest })).toEqual(blockOf('a'));
    });

    test('a forgotten key domain can be neither read nor written again, and the others can', async () => {
      await commit('snap-1', { 0: blockOf('a') });
      const other = await store.openSession('other', 'another');
      await other.put(0, blockOf('a'));
      await other.commit({ snapshotId: 'snap-2', volumeSize: gib });
      const [[, reference]] = (await listOf(store, 'snap-1')) as [ManifestEntry];
      const [[, kept]] = (await listOf(store, 'snap-2')) as [ManifestEntry];
      expect(await store.read(reference)).toEqual(blockOf('a'));
      for (let time = 0; time < 2; time++) await store.forgetDomain('domain');
      await store.forgetDomain('never used');
      await expect(store.read(reference)).rejects.toThrow(BlockMissing);
      for (const domain of ['domain', 'never used'])
        await expect(store.openSession('late', domain)).rejects.toThrow(DomainForgotten);
      expect(await store.read(kept)).toEqual(blockOf('a'));
      expect(await store.listManifests()).toEqual(['snap-1', 'snap-2']);
    });

    test('a key domain has one key for memory, of its own, as long as it is not forgotten', async () => {
      const key = Buffer.from(await store.memoryKey('domain'));
      expect(key.length).toBe(32);
      expect(key.equals(await store.memoryKey('domain'))).toBe(true);
      expect(key.equals(await store.memoryKey('another'))).toBe(false);
      await store.forgetDomain('domain');
      await expect(store.memoryKey('domain')).rejects.toThrow(DomainForgotten);
    });

    test('a session that was open when its key domain was forgotten can be ended', async () => {
      const session = await store.openSession('s', 'domain');
      await session.put(0, blockOf('a'));
      await session.flush();
      await store.forgetDomain('domain');
      await store.abortSession('s');
      expect(await store.openSessions()).toEqual([]);
    });

    test('a block of another size, or at no index, is refused', async () => {
      const session = await store.openSession('s', 'domain');
      await expect(session.put(0, Buffer.alloc(512))).rejects.toThrow(/524288/);
      await expect(session.put(-1, blockOf('a'))).rejects.toThrow(/index/);
      await expect(session.put(0.5, blockOf('a'))).rejects.toThrow(/index/);
    });

    test('lists and forgets manifests', async () => {
      await commit('snap-2', { 0: blockOf('a') });
      await commit('snap-1', { 0: blockOf('a') });
      expect(await store.listManifests()).toEqual(['snap-1', 'snap-2']);
      await store.deleteManifest('snap-1');
      await store.deleteManifest('snap-1');
      expect(await store.listManifests()).toEqual(['snap-2']);
      expect(await store.openManifest('snap-1')).toBeUndefined();
      expect(await store.hasManifest('snap-1')).toBe(false);
      expect(await readAll('snap-2')).toEqual(new Map([[0, blockOf('a')]]));
    });
  });
}
