import { rootSnapshotId } from '../domain/block-device-mapping.ts';
import { settlePlatform } from '../domain/disk-facts.ts';
import type { Image } from '../domain/image.ts';
import type { RegionWriter } from '../stores/records/database.ts';
import { writeDiskTag } from './disk-tag.ts';

/**
 * Takes pending images that list one of these snapshots to `available` once all of their snapshots are completed, or to
 * `failed` as soon as one is not going to be (spec C.4, D.1). An available one is of the platform its root disk shows.
 */
export async function settleImages(writer: RegionWriter, snapshotIds: readonly string[]): Promise<void> {
  for (const image of await writer.images.list({ state: 'pending' })) {
    const listed = snapshotIdsOf(image);
    if (!listed.some(id => snapshotIds.includes(id))) continue;
    const snapshots = await writer.snapshots.getMany(listed);
    const broken = snapshots.find(snapshot => snapshot.state === 'error');
    if (broken || snapshots.length < new Set(listed).size)
      await writer.images.put({
        ...image,
        state: 'failed',
        stateReason: broken?.stateReason ?? {
          code: 'Client.InvalidSnapshot.NotFound',
          message:
            'Client.InvalidSnapshot.NotFound: A snapshot of the image was deleted while it was pending.',
        },
      });
    else if (snapshots.every(snapshot => snapshot.state === 'completed')) {
      const root = rootSnapshotId(image.blockDeviceMappings, image.rootDeviceName);
      const disk = snapshots.find(({ snapshotId }) => snapshotId === root)?.disk;
      await writer.images.put({ ...image, ...settlePlatform(image, disk), state: 'available' });
      await writeDiskTag(writer, image.ownerId, { id: image.imageId, type: 'image' }, disk);
    }
  }
}

export function snapshotIdsOf(image: Pick<Image, 'blockDeviceMappings'>): string[] {
  return image.blockDeviceMappings.flatMap(mapping => mapping.ebs?.snapshotId ?? []);
}
