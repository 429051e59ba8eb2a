import type * as sdk from '@aws-sdk/client-ec2';
import { zoneId } from '../../../domain/network-zones.ts';
import type { Tags } from '../../../domain/tags.ts';
import type { Volume, VolumeAttachment } from '../../../domain/volume.ts';
import { presentTags } from './tags.ts';

export function presentVolume(volume: Volume, tags: Tags): sdk.Volume {
  const { attachment } = volume;
  return {
    VolumeId: volume.volumeId,
    Size: volume.size,
    // A volume without a snapshot has an empty element, as AWS answers.
    SnapshotId: volume.snapshotId ?? '',
    AvailabilityZone: volume.availabilityZone,
    AvailabilityZoneId: zoneId(volume.availabilityZone),
    State: volume.state,
    CreateTime: new Date(volume.createTime),
    Attachments: attachment ? [presentAttachment(volume.volumeId, attachment)] : [],
    VolumeType: volume.volumeType,
    Iops: volume.iops ?? baselineIops(volume),
    Throughput: volume.throughput,
    Encrypted: volume.encrypted,
    KmsKeyId: volume.kmsKeyId,
    MultiAttachEnabled: false,
    Tags: presentTags(tags),
  };
}

export function presentAttachment(volumeId: string, attachment: VolumeAttachment): sdk.VolumeAttachment {
  return {
    VolumeId: volumeId,
    InstanceId: attachment.instanceId,
    Device: attachment.device,
    State: attachment.state,
    AttachTime: new Date(attachment.attachTime),
    DeleteOnTermination: attachment.deleteOnTermination,
  };
}

/** What gp2 gives by its size: 3 IOPS per GiB, at least 100, at most 16 000. */
function baselineIops({ volumeType, size }: Volume): number | undefined {
  return volumeType === 'gp2' ? Math.min(Math.max(3 * size, 100), 16_000) : undefined;
}
