import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Disks, Extent, FrozenVolume, VolumeSpec } from '../../src/disks/disk.ts';
import { baseByte, baseSnapshot, type DisksUnderTest } from './disks.ts';

const cluster = 64 * 1024;
const size = 4 * 1024 * 1024;

const root: VolumeSpec = { volumeId: 'vol-00000000000000001', size, snapshotId: baseSnapshot };
const data: VolumeSpec = { volumeId: 'vol-00000000000000002', size };
const [snapA, snapB] = ['snap-0000000000000000a', 'snap-0000000000000000b'];
const holder = 'i-00000000000000001';
const other = 'i-00000000000000002';

const at = (index: number): Extent[] => [{ offset: index * cluster, length: cluster }];
const all = async (_snapshotId: string) => true;

/** What an implementation of Disks must do with volumes that come, go and grow while others of their holder are used. */
export function disksInUseContract(make: () => Promise<DisksUnderTest>): void {
  let setup: DisksUnderTest;
  let disks: Disks;

  const write = (offset: number, value: number, volume = root) =>
    setup.write(holder, volume.volumeId, offset, Buffer.alloc(cluster, value));
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

  describe('volumes of a holder in use', () => {
    test('are closed one by one, and opened elsewhere with all that was written and recorded', async () => {
      await disks.open(holder, [root, data]);
      await write(0, 1, data);
      await (await freeze(snapA, all, data)).commit();
      await write(cluster, 2, data);
      await disks.closeVolume(holder, data.volumeId);
      await disks.closeVolume(holder, data.volumeId);
      await disks.closeVolume(other, data.volumeId);
      await write(0, 3);
      expect(await disks.holders()).toEqual([holder]);
      await disks.open(other, [data]);
      const [view] = await disks.freeze(other, [{ volume: data, snapshotId: snapB }], all);
      expect(view!.base).toBe(snapA);
      expect(await view!.changed()).toEqual(at(1));
      expect([await byteAt(view!, 0), await byteAt(view!, 1)]).toEqual([1, 2]);
      await disks.closeVolume(holder, root.volumeId);
      await disks.open(other, [root]);
    });

    test('are looked at while they are open', async () => {
      await disks.open(holder, [root]);
      await write(cluster, 7);
      const seen = await disks.inspect(holder, root.volumeId, async disk => [
        disk.size,
        ...(await disk.readAt(cluster - 1, 2)),
      ]);
      expect(seen).toEqual([size, baseByte, 7]);
      await expect(disks.inspect(holder, data.volumeId, async () => 'seen')).rejects.toThrow();
    });

    test('are neither closed nor grown while they are frozen', async () => {
      await disks.open(holder, [root, data]);
      const view = await freeze(snapA);
      await expect(disks.closeVolume(holder, root.volumeId)).rejects.toThrow('read for a snapshot');
      await expect(disks.resizeOpen(holder, { ...root, size: 2 * size })).rejects.toThrow('for a snapshot');
      await disks.closeVolume(holder, data.volumeId);
      await write(0, 1);
      expect(await byteAt(view, 0)).toBe(baseByte);
      await view.commit();
      await disks.closeVolume(holder, root.volumeId);
    });

    test('grow while they are open, with the record of what has changed, and never shrink', async () => {
      const large = { ...root, size: 2 * size };
      await disks.open(holder, [root, data]);
      await write(0, 1);
      await (await freeze(snapA)).commit();
      await write(cluster, 2);
      await disks.resizeOpen(holder, large);
      await disks.resizeOpen(holder, large);
      await expect(disks.resizeOpen(holder, root)).rejects.toThrow('cannot shrink');
      await disks.resize(large);
      await write(size, 3);
      const view = await freeze(snapB, all, large);
      expect(view).toMatchObject({ base: snapA, size: 2 * size });
      expect(await view.changed()).toEqual([...at(1), { offset: size, length: cluster }]);
      expect(await byteAt(view, size / cluster)).toBe(3);
      await expect(disks.resizeOpen(other, large)).rejects.toThrow();
    });
  });
}
