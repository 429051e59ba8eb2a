import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Disks, Extent, FrozenVolume, VolumeSpec } from '../../src/disks/disk.ts';

const KiB = 1024;
const cluster = 64 * KiB;
const size = 4 * KiB * KiB;

/** Disks under test, with a hand on the guest's side and on the process that holds the volumes. */
export interface DisksUnderTest {
  disks: Disks;
  /** Writes as a guest would. */
  write(holderId: string, volumeId: string, offset: number, data: Buffer): Promise<void>;
  /** Discards as a guest would, so that the bytes read as zeroes. */
  zero(holderId: string, volumeId: string, offset: number, length: number): Promise<void>;
  /** A server that starts now and finds what the former one left. */
  restart(): Promise<Disks>;
  /** Makes the holder's process die by itself. */
  lose(holderId: string): Promise<void>;
  end(): Promise<void>;
}

/** The snapshot volumes are made of, in every implementation: `baseByte` everywhere. */
export const baseSnapshot = 'snap-00000000000000ba5';
export const baseByte = 0xba;

const root: VolumeSpec = { volumeId: 'vol-00000000000000001', size, snapshotId: baseSnapshot };
const data: VolumeSpec = { volumeId: 'vol-00000000000000002', size };
const [snapA, snapB, snapC] = ['snap-0000000000000000a', 'snap-0000000000000000b', 'snap-0000000000000000c'];
const holder = 'i-00000000000000001';

const at = (...indexes: number[]): Extent[] =>
  indexes.map(index => ({ offset: index * cluster, length: cluster }));
const bytes = (value: number, length = cluster) => Buffer.alloc(length, value);
const all = async (_snapshotId: string) => true;

/** What an implementation of Disks must do. */
export function disksContract(make: () => Promise<DisksUnderTest>): void {
  let setup: DisksUnderTest;
  let disks: Disks;

  const write = (offset: number, value: number, volume = root) =>
    setup.write(holder, volume.volumeId, offset, bytes(value));
  const freeze = async (snapshotId: string, hasManifest = all, volume = root) =>
    (await disks.freeze(holder, [{ volume, snapshotId }], hasManifest))[0]!;
  const byteAt = async (view: FrozenVolume, index: number) => {
    const [first, ...rest] = new Set(await view.read(index * cluster, cluster));
    return rest.length === 0 ? first : 'mixed';
  };

  beforeEach(async () => {
    setup = await make();
    disks = setup.disks;
    await disks.create(root);
    await disks.create(data);
  });

  afterEach(() => setup.end());

  describe('volumes', () => {
    test('are made once, listed and deleted once', async () => {
      await disks.create(root);
      expect(await disks.list()).toEqual([root.volumeId, data.volumeId]);
      await disks.delete(root.volumeId);
      await disks.delete(root.volumeId);
      expect(await disks.list()).toEqual([data.volumeId]);
    });

    test('are opened by their holder, again without harm, and closed', async () => {
      const first = await disks.open(holder, [root]);
      expect(await disks.open(holder, [root])).toEqual(first);
      expect((await disks.open(holder, [root, data])).map(volume => volume.volumeId)).toEqual([
        root.volumeId,
        data.volumeId,
      ]);
      expect(await disks.isOpen(holder)).toBe(true);
      expect(await disks.holders()).toEqual([holder]);
      await disks.close(holder);
      await disks.close(holder);
      expect(await disks.isOpen(holder)).toBe(false);
      expect(await disks.holders()).toEqual([]);
    });

    test('are held by one holder at a time', async () => {
      await disks.open(holder, [root]);
      await expect(disks.open('i-00000000000000002', [root])).rejects.toThrow();
      expect(await disks.holders()).toEqual([holder]);
    });

    test('grow, again without harm, and never shrink', async () => {
      const large = { ...root, size: 2 * size };
      await disks.resize(root);
      await disks.resize(large);
      await disks.resize(large);
      await expect(disks.resize(root)).rejects.toThrow('cannot shrink');
      await disks.open(holder, [large]);
      await disks.resize(large);
      await write(size + cluster, 1);
      const view = await freeze(snapA, all, large);
      expect(view.size).toBe(2 * size);
      expect(await view.changed()).toEqual([{ offset: size + cluster, length: cluster }]);
      expect([await byteAt(view, 0), await byteAt(view, size / cluster + 1)]).toEqual([baseByte, 1]);
    });

    test('that grow keep the record of what has changed since a snapshot', async () => {
      const large = { ...data, size: 2 * size };
      await disks.open(holder, [data]);
      await write(0, 1, data);
      await (await freeze(snapA, all, data)).commit();
      await write(cluster, 2, data);
      await disks.close(holder);
      await disks.resize(large);
      await disks.open(holder, [large]);
      await write(size, 3, data);
      const view = await freeze(snapB, all, large);
      expect(view.base).toBe(snapA);
      expect(await view.changed()).toEqual([
        { offset: cluster, length: cluster },
        { offset: size, length: cluster },
      ]);
      expect([await byteAt(view, size / cluster), await byteAt(view, size / cluster + 1)]).toEqual([3, 0]);
    });

    test('that are open or not there do not grow', async () => {
      await disks.open(holder, [root]);
      await expect(disks.resize({ ...root, size: 2 * size })).rejects.toThrow();
      await disks.delete(data.volumeId);
      await expect(disks.resize(data)).rejects.toThrow();
    });

    test('that are not open cannot be frozen', async () => {
      await expect(freeze(snapA)).rejects.toThrow('no volumes are open');
      expect(await disks.isFrozen(holder, [snapA])).toBe(false);
    });
  });

  describe('a frozen view', () => {
    beforeEach(async () => {
      await disks.open(holder, [root, data]);
    });

    test('is relative to the snapshot its volume was made of and tells what was written', async () => {
      await write(3 * cluster, 1);
      await setup.write(holder, root.volumeId, 7 * cluster + 5 * KiB, bytes(2, 4 * KiB));
      const view = await freeze(snapA);
      expect(view).toMatchObject({ volumeId: root.volumeId, size, snapshotId: snapA, base: baseSnapshot });
      expect(await view.changed()).toEqual(at(3, 7));
      expect(await byteAt(view, 3)).toBe(1);
      expect(await byteAt(view, 4)).toBe(baseByte);
      expect([...new Set(await view.read(7 * cluster + 5 * KiB, 4 * KiB))]).toEqual([2]);
      expect([...new Set(await view.read(7 * cluster, 5 * KiB))]).toEqual([baseByte]);
    });

    test('of a volume made of nothing is relative to zeroes', async () => {
      await write(cluster, 1, data);
      const view = await freeze(snapA, all, data);
      expect(view.base).toBeUndefined();
      expect(await view.changed()).toEqual(at(1));
      expect(await byteAt(view, 2)).toBe(0);
    });

    test('stays as it was while the guest goes on writing', async () => {
      await write(0, 1);
      const view = await freeze(snapA);
      await write(0, 2);
      await write(5 * cluster, 2);
      expect(await byteAt(view, 0)).toBe(1);
      expect(await byteAt(view, 5)).toBe(baseByte);
      expect(await view.changed()).toEqual(expect.arrayContaining(at(0)));
    });

    test('tells of zeroes over the snapshot, which would come back otherwise', async () => {
      await setup.zero(holder, root.volumeId, 2 * cluster, 2 * cluster);
      const view = await freeze(snapA);
      expect(await view.changed()).toEqual([{ offset: 2 * cluster, length: 2 * cluster }]);
      expect(await byteAt(view, 2)).toBe(0);
      await view.commit();
      await setup.zero(holder, root.volumeId, 9 * cluster, cluster);
      const next = await freeze(snapB);
      expect(await next.changed()).toEqual(at(9));
      expect(await byteAt(next, 9)).toBe(0);
    });

    test('after a durable one is relative to it and tells exactly what changed since', async () => {
      await write(0, 1);
      const first = await freeze(snapA);
      await write(cluster, 2);
      await first.commit();
      await first.commit();
      await write(4 * cluster, 3);
      await write(5 * cluster, 3);
      const second = await freeze(snapB);
      await write(6 * cluster, 4);
      expect(second.base).toBe(snapA);
      expect(await second.changed()).toEqual([...at(1), { offset: 4 * cluster, length: 2 * cluster }]);
      await second.commit();
      const third = await freeze(snapC);
      expect(third.base).toBe(snapB);
      expect(await third.changed()).toEqual(at(6));
      expect(await byteAt(third, 0)).toBe(1);
    });

    test('that failed forgets nothing', async () => {
      await write(0, 1);
      await (await freeze(snapA)).commit();
      await write(cluster, 2);
      const failed = await freeze(snapB);
      await write(2 * cluster, 3);
      await failed.abandon();
      await failed.abandon();
      const next = await freeze(snapC, async id => id !== snapB);
      expect(next.base).toBe(snapA);
      expect(await next.changed()).toEqual([{ offset: cluster, length: 2 * cluster }]);
    });

    test('is not relative to a snapshot whose manifest is gone', async () => {
      await write(0, 1);
      await (await freeze(snapA)).commit();
      await write(cluster, 2);
      const next = await freeze(snapB, async id => id !== snapA);
      expect(next.base).toBe(baseSnapshot);
      expect(await next.changed()).toEqual([{ offset: 0, length: 2 * cluster }]);
    });

    test('spans all volumes at one moment', async () => {
      await write(0, 1);
      await write(0, 1, data);
      const targets = [
        { volume: root, snapshotId: snapA },
        { volume: data, snapshotId: snapB },
      ];
      const views = await disks.freeze(holder, targets, all);
      await write(0, 2);
      await write(0, 2, data);
      expect(views.map(view => [view.volumeId, view.snapshotId])).toEqual([
        [root.volumeId, snapA],
        [data.volumeId, snapB],
      ]);
      expect(await Promise.all(views.map(view => byteAt(view, 0)))).toEqual([1, 1]);
    });

    test('is found again by another server, with what it is relative to', async () => {
      await write(0, 1);
      await (await freeze(snapA)).commit();
      await write(cluster, 2);
      await freeze(snapB);
      await write(cluster, 3);
      disks = await setup.restart();
      expect(await disks.isFrozen(holder, [snapB])).toBe(true);
      expect(await disks.isFrozen(holder, [snapA, snapB])).toBe(false);
      const again = await freeze(snapB, async id => id !== snapB);
      expect(again.base).toBe(snapA);
      expect(await again.changed()).toEqual(at(1));
      expect(await byteAt(again, 1)).toBe(2);
      await again.commit();
      expect(await disks.isFrozen(holder, [snapB])).toBe(false);
      expect(await (await freeze(snapC)).changed()).toEqual(at(1));
    });

    test('cannot be joined later by another volume', async () => {
      await freeze(snapA);
      const targets = [
        { volume: root, snapshotId: snapA },
        { volume: data, snapshotId: snapB },
      ];
      await expect(disks.freeze(holder, targets, all)).rejects.toThrow('moment that has passed');
    });

    test('may be taken while another one of the same volume is being saved', async () => {
      await write(0, 1);
      await (await freeze(snapA)).commit();
      await write(cluster, 2);
      const durable = new Set([snapA]);
      const hasManifest = async (id: string) => durable.has(id);
      const [first, second] = await Promise.all([freeze(snapB, hasManifest), freeze(snapC, hasManifest)]);
      await write(cluster, 3);
      await write(2 * cluster, 3);
      expect([first.base, second.base]).toEqual([snapA, snapA]);
      expect(await second.changed()).toEqual(at(1));
      expect(await byteAt(first, 1)).toBe(2);
      await first.commit();
      durable.add(snapB);
      expect(await byteAt(second, 1)).toBe(2);
      expect(await second.changed()).toEqual(at(1));
      await second.abandon();
      const next = await freeze('snap-0000000000000000d', hasManifest);
      expect(next.base).toBe(snapB);
      expect(await next.changed()).toEqual([{ offset: cluster, length: 2 * cluster }]);
    });

    test('ends when its volumes are closed, but what has changed is still known', async () => {
      await write(0, 1);
      await (await freeze(snapA)).commit();
      await write(cluster, 2);
      await freeze(snapB);
      await disks.close(holder);
      await disks.open(holder, [root, data]);
      expect(await disks.isFrozen(holder, [snapB])).toBe(false);
      await write(2 * cluster, 3);
      const next = await freeze(snapB, async id => id === snapA);
      expect(next.base).toBe(snapA);
      expect(await next.changed()).toEqual([{ offset: cluster, length: 2 * cluster }]);
    });
  });

  describe('a holder whose process dies', () => {
    test('is reported, and one that is closed is not', async () => {
      const lost: string[] = [];
      disks.onLost(id => lost.push(id));
      await disks.open(holder, [root]);
      await disks.close(holder);
      expect(lost).toEqual([]);
      await disks.open(holder, [root]);
      const reported = new Promise<string>(resolve => disks.onLost(resolve));
      await setup.lose(holder);
      expect(await reported).toBe(holder);
      expect(lost).toEqual([holder]);
      expect(await disks.isOpen(holder)).toBe(false);
    });

    test('is reported to the server that has found it again', async () => {
      await disks.open(holder, [root]);
      disks = await setup.restart();
      const reported = new Promise<string>(resolve => disks.onLost(resolve));
      await setup.lose(holder);
      expect(await reported).toBe(holder);
    });

    test('takes the records of change with it: the next freeze is relative to the first snapshot', async () => {
      await disks.open(holder, [root]);
      await write(0, 1);
      await (await freeze(snapA)).commit();
      await write(cluster, 2);
      const lost = new Promise<string>(resolve => disks.onLost(resolve));
      await setup.lose(holder);
      await lost;
      await disks.open(holder, [root]);
      expect(await disks.isFrozen(holder, [snapA])).toBe(false);
      const next = await freeze(snapB);
      expect(next.base).toBe(baseSnapshot);
      expect(await next.changed()).toEqual(expect.arrayContaining([expect.objectContaining({ offset: 0 })]));
      await next.commit();
      await write(8 * cluster, 4);
      const later = await freeze(snapC);
      expect(later.base).toBe(snapB);
      expect(await later.changed()).toEqual(at(8));
    });
  });
}
