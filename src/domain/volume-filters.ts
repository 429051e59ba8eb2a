import type { FilterTable } from './filters.ts';
import { zoneId } from './network-zones.ts';
import type { Volume } from './volume.ts';

/** The filters of DescribeVolumes but those on tags (spec C.15). No volume has another operator than its owner. */
export const volumeFilters: FilterTable<Volume> = {
  'attachment.attach-time': volume => volume.attachment?.attachTime,
  'attachment.delete-on-termination': volume => volume.attachment?.deleteOnTermination,
  'attachment.device': volume => volume.attachment?.device,
  'attachment.instance-id': volume => volume.attachment?.instanceId,
  'attachment.status': volume => volume.attachment?.state,
  'availability-zone': volume => volume.availabilityZone,
  'availability-zone-id': volume => zoneId(volume.availabilityZone),
  'create-time': volume => volume.createTime,
  encrypted: volume => volume.encrypted,
  'fast-restored': () => false,
  'multi-attach-enabled': () => false,
  'operator.managed': () => false,
  'operator.principal': () => undefined,
  size: volume => volume.size,
  'snapshot-id': volume => volume.snapshotId,
  status: volume => volume.state,
  'volume-id': volume => volume.volumeId,
  'volume-type': volume => volume.volumeType,
};

/** How long a deleted volume is still described, as `deleted` (spec C.18). */
const deletedVisibleMs = 60_000;

export function isVolumeVisible(volume: Pick<Volume, 'state' | 'deletedTime'>, now: Date): boolean {
  if (volume.state !== 'deleted') return true;
  return (
    volume.deletedTime !== undefined && now.getTime() - Date.parse(volume.deletedTime) < deletedVisibleMs
  );
}
