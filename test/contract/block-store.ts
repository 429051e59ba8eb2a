import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { BlockMissing, type BlockStore, DomainForgotten } from '../../src/stores/blocks/block-store.ts';

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
      const manifest = await store.getManifest(snapshotId);
      const entries = [...manifest!.blocks].map(
        async ([index, reference]) => [index, await store.read(reference)] as const,
      );
      return new Map(await Promise.all(entries));
    };

    test('reads back what was committed, and lists no zeroes', async () => {
      const manifest = await commit('snap-1', { 0: blockOf('a'), 1: zeroes, 7: blockOf('b') });
      expect([...manifest.blocks.keys()]).toEqual([0, 7]);
      expect(await store.getManifest('snap-1')).toEqual(manifest);
      expect(await readAll('snap-1')).toEqual(
        new Map([
          [0, blockOf('a')],
          [7, blockOf('b')],
        ]),
      );
      expect(manifest.blocks.get(0)!.digest).toBe(createHash('sha256').update(blockOf('a')).digest('hex'));
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
      expect((await store.getManifest('snap-2'))!.volumeSize).toBe(8 * blockSize + 512);
    });

    test('a commit on a base that has no manifest is refused and leaves the session open', async () => {
      const session = await store.openSession('s', 'domain');
      await session.put(0, blockOf('a'));
      await expect(session.commit({ snapshotId: 'snap-2', volumeSize: gib, base: 'snap-1' })).rejects.toThrow(
        /snap-1/,
      );
      expect(await store.openSessions()).toEqual(['s']);
      expect((await session.commit({ snapshotId: 'snap-2', volumeSize: gib })).blocks.size).toBe(1);
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
      const { blocks } = await session.commit({ snapshotId: 'snap-1', volumeSize: gib });
      expect([...blocks.keys()]).toEqual([0]);
      expect(await readAll('snap-1')).toEqual(new Map([[0, blockOf('b')]]));
    });

    test('says what is staged, before and after a flush, null for zeroes', async () => {
      const session = await store.openSession('s', 'domain');
      await session.put(3, blockOf('a'));
      await session.put(4, zeroes);
      const digest = createHash('sha256').update(blockOf('a')).digest('hex');
      const expected = new Map([
        [3, { domain: 'domain', digest }],
        [4, null],
      ]);
      expect(await session.staged()).toEqual(expected);
      await session.flush();
      expect(await session.staged()).toEqual(expected);
    });

    test('a session opened twice is one session', async () => {
      const [one, two] = [await store.openSession('s', 'domain'), await store.openSession('s', 'domain')];
      await one.put(0, blockOf('a'));
      await two.put(1, blockOf('b'));
      await one.flush();
      expect([...(await two.staged()).keys()]).toEqual([0, 1]);
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
      expect(await store.getManifest('snap-1')).toBeUndefined();
    });

    test('equal blocks of two key domains are two blocks', async () => {
      await commit('snap-1', { 0: blockOf('a') });
      const { digest } = (await store.getManifest('snap-1'))!.blocks.get(0)!;
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
      const kept = await other.commit({ snapshotId: 'snap-2', volumeSize: gib });
      const reference = (await store.getManifest('snap-1'))!.blocks.get(0)!;
      expect(await store.read(reference)).toEqual(blockOf('a'));
      for (let time = 0; time < 2; time++) await store.forgetDomain('domain');
      await store.forgetDomain('never used');
      await expect(store.read(reference)).rejects.toThrow(BlockMissing);
      for (const domain of ['domain', 'never used'])
        await expect(store.openSession('late', domain)).rejects.toThrow(DomainForgotten);
      expect(await store.read(kept.blocks.get(0)!)).toEqual(blockOf('a'));
      expect(await store.listManifests()).toEqual(['snap-1', 'snap-2']);
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
      expect(await store.getManifest('snap-1')).toBeUndefined();
      expect(await readAll('snap-2')).toEqual(new Map([[0, blockOf('a')]]));
    });
  });
}
