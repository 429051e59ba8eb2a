import type { VolumeStatusItem, VolumeStatusName } from '@aws-sdk/client-ec2';
import { matcher } from '../../domain/filters.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { page } from '../../domain/pages.ts';
import type { Volume } from '../../domain/volume.ts';
import { isChecked, volumeStatus, volumeStatusFilters } from '../../domain/volume-status.ts';
import { operation } from './operation.ts';
import { byCreation, ownVolumes, volumeIds } from './volume-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumeStatus.html */
export const describeVolumeStatus = operation('DescribeVolumeStatus', async (input, context) => {
  const ids = volumeIds(input.VolumeIds);
  const matches = matcher(input.Filters, volumeStatusFilters);
  const volumes = (await ownVolumes(context, ids))
    .filter(isChecked)
    .filter(matches)
    .sort((a, b) => (byCreation(a) < byCreation(b) ? -1 : 1));
  const { items, NextToken } = page(volumes, byCreation, {
    action: 'DescribeVolumeStatus',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    least: 5,
    most: 1000,
    cap: true,
    ids: { given: ids.length > 0, set: 'volumeSet' },
  });
  return { VolumeStatuses: items.map(presentStatus), NextToken };
});

function presentStatus(volume: Volume): VolumeStatusItem {
  const { status, details } = volumeStatus(volume);
  return {
    VolumeId: volume.volumeId,
    AvailabilityZone: volume.availabilityZone,
    AvailabilityZoneId: zoneId(volume.availabilityZone),
    VolumeStatus: {
      Status: status,
      Details: details.map(detail => ({ Name: detail.name as VolumeStatusName, Status: detail.status })),
    },
    Events: [],
    Actions: [],
    AttachmentStatuses: volume.attachment
      ? [{ InstanceId: volume.attachment.instanceId, IoPerformance: 'not-applicable' }]
      : [],
  };
}
