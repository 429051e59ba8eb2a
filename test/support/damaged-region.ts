import { join } from 'node:path';
import type { Image } from '../../src/domain/image.ts';
import { noVolumeId, pendingSnapshot } from '../../src/domain/snapshot.ts';
import { readOrCreateMasterKey } from '../../src/stores/master-key.ts';
import { openRegionDatabase } from '../../src/stores/records/open.ts';
import { storeToDamage } from './damaged-store.ts';

const ownerId = '111122223333';
const startTime = '2026-01-01T00:00:00.000Z';

/** A data folder with two snapshots, the first of which an image stands on. */
export async function regionToDamage(data: string, region = 'us-east-1') {
  const masterKey = await readOrCreateMasterKey(data);
  const store = await storeToDamage({ masterKey, folder: join(data, region, 'blocks') });
  await store.commit('snap-1', ['a', 'b', 'c']);
  await store.commit('snap-2', ['c']);
  const records = await openRegionDatabase(`sqlite:${data}`, region);
  const volume = { volumeId: noVolumeId, ownerId, size: 1, encrypted: false, productCodes: [] };
  await records.transaction(async writer => {
    for (const id of ['snap-1', 'snap-2'])
      await writer.snapshots.put({ ...pendingSnapshot(id, volume, startTime, ''), state: 'completed' });
    const mapping = { deviceName: '/dev/sda1', ebs: { snapshotId: 'snap-1' } };
    const image = {
      imageId: 'ami-1',
      name: 'web',
      ownerId,
      state: 'available',
      blockDeviceMappings: [mapping],
    };
    await writer.images.put(image as unknown as Image);
  });
  await records.close();
  return store;
}
