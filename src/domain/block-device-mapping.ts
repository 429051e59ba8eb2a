export type VolumeType = 'standard' | 'gp2' | 'gp3' | 'io1' | 'io2' | 'st1' | 'sc1';

/** The EBS half of a mapping, as an image keeps it: every field settled. Sizes are GiB. */
export interface EbsBlockDevice {
  snapshotId?: string;
  volumeSize: number;
  volumeType: VolumeType;
  deleteOnTermination: boolean;
  encrypted: boolean;
  /** Of a launch only: an image's mapping has none. As asked for; once the launch has settled it, an ARN. */
  kmsKeyId?: string;
  iops?: number;
  throughput?: number;
}

/** One device of an image or a launch: an EBS volume or an instance-store disk (`virtualName`). */
export interface BlockDeviceMapping {
  deviceName: string;
  ebs?: EbsBlockDevice;
  virtualName?: string;
}

/** The snapshot an image boots from. */
export function rootSnapshotId(
  mappings: readonly BlockDeviceMapping[],
  rootDeviceName: string,
): string | undefined {
  return mappings.find(({ deviceName }) => deviceName === rootDeviceName)?.ebs?.snapshotId;
}
