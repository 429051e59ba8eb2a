import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import type { RegionWriter } from '../../src/stores/records/database.ts';
import { anImage, anInstance, aSnapshot, aVolume, hexId } from '../support/records.ts';
import { type JobRegion, jobRegion } from './job-region.ts';

let region: JobRegion;
beforeEach(async () => {
  region = await jobRegion();
});
afterEach(() => region.close());

const put = (work: (writer: RegionWriter) => Promise<void>) => region.records.transaction(work);
const ago = (seconds: number) => new Date(region.time.getTime() - seconds * 1000).toISOString();

describe('housekeeping', () => {
  test('forgets a terminated instance, its console and tags after an hour', async () => {
    const old = anInstance({ state: 'terminated', terminatedTime: ago(3601) });
    const { instanceId, networkInterfaceId, ownerId } = old;
    const recent = anInstance({ instanceId: hexId('i', 2), state: 'terminated', terminatedTime: ago(3599) });
    await put(async writer => {
      for (const instance of [old, recent]) await writer.instances.put(instance);
      for (const resourceId of [instanceId, networkInterfaceId])
        await writer.tags.put({ resourceId, accountId: ownerId, resourceType: 'instance', tags: { a: '1' } });
    });
    region.engine.print(instanceId, 'text');
    await keepHouse(region.services);
    expect(await region.records.read.instances.list()).toEqual([recent]);
    expect(await region.records.read.tags.list()).toEqual([]);
    expect(await region.engine.consoleOutput(instanceId)).toHaveLength(0);
  });

  test('forgets a deleted volume after a minute', async () => {
    const recent = aVolume({ volumeId: hexId('vol', 2), state: 'deleted', deletedTime: ago(59) });
    await put(async writer => {
      await writer.volumes.put(aVolume({ state: 'deleted', deletedTime: ago(61) }));
      await writer.volumes.put(recent);
    });
    await keepHouse(region.services);
    expect(await region.records.read.volumes.list()).toEqual([recent]);
  });

  test('forgets a deregistered image once nothing refers to it', async () => {
    const used = anImage({ imageId: hexId('ami', 2), state: 'deregistered' });
    const { ebs } = used.blockDeviceMappings[0]!;
    const underWay = anImage({
      imageId: hexId('ami', 3),
      state: 'deregistered',
      blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { ...ebs!, snapshotId: hexId('snap', 3) } }],
    });
    const recycled = anImage({ imageId: hexId('ami', 4), state: 'deregistered' });
    const { ownerId } = recycled;
    await put(async writer => {
      await writer.instances.put(anInstance({ imageId: used.imageId }));
      await writer.snapshots.put(aSnapshot({ snapshotId: hexId('snap', 3), state: 'pending' }));
      await writer.binnedImages.put({ ownerId, image: recycled, enterTime: ago(1), exitTime: ago(-60) });
      for (const image of [used, underWay, recycled, anImage({ state: 'deregistered' })])
        await writer.images.put(image);
    });
    await keepHouse(region.services);
    expect(await region.records.read.images.list()).toEqual([used, underWay, recycled]);
  });

  test('forgets client tokens after a day', async () => {
    const token = { accountId: '1', inputDigest: '', resourceId: 'i-1' };
    await put(async writer => {
      await writer.clientTokens.put({ ...token, id: 'old', createTime: ago(24 * 3600 + 1) });
      await writer.clientTokens.put({ ...token, id: 'new', createTime: ago(24 * 3600 - 1) });
    });
    await keepHouse(region.services);
    expect((await region.records.read.clientTokens.list()).map(({ id }) => id)).toEqual(['new']);
  });

  test('fails an upload that was not completed in time, and ends its session', async () => {
    const upload = (n: number, seconds: number) => {
      const snapshotId = hexId('snap', n);
      const expiresAt = ago(seconds);
      return aSnapshot({
        snapshotId,
        state: 'pending',
        upload: { sessionId: snapshotId, expiresAt, timeout: 60 },
      });
    };
    await put(async writer => {
      for (const snapshot of [upload(1, 1), upload(2, -1)]) await writer.snapshots.put(snapshot);
    });
    for (const n of [1, 2]) await region.blocks.openSession(hexId('snap', n), 'domain');
    await keepHouse(region.services);
    expect(await region.records.read.snapshots.list()).toMatchObject([
      { state: 'error', stateReason: { code: 'Client.WriteRequestTimeout' } },
      { state: 'pending' },
    ]);
    expect(await region.blocks.openSessions()).toEqual([hexId('snap', 2)]);
  });
});
