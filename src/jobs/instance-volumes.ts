import type { VolumeSpec } from '../disks/disk.ts';
import { GiB, type Volume } from '../domain/volume.ts';
import type { RegionReader } from '../stores/records/database.ts';

/** An instance's volumes, in the order of their devices. */
export async function volumesOf(
  records: Pick<RegionReader, 'volumes'>,
  instanceId: string,
): Promise<Volume[]> {
  const volumes = await records.volumes.list({ instanceId });
  return volumes.sort((a, b) => (a.attachment!.device < b.attachment!.device ? -1 : 1));
}

/** Whether a guest that starts is to have the volume: not one that is being detached. */
export const isToBePlugged = ({ attachment }: Volume): boolean =>
  attachment?.state === 'attached' || attachment?.state === 'attaching';

/** What the disks must know of a volume. */
export function volumeSpec(volume: Volume): VolumeSpec {
  return {
    volumeId: volume.volumeId,
    size: volume.size * GiB,
    ...(volume.snapshotId && { snapshotId: volume.snapshotId }),
  };
}
