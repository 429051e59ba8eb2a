/** The records a launch begins with. */
import type { BlockDeviceMapping } from './block-device-mapping.ts';
import type { CpuOptions } from './cpu-options.ts';
import type { Image } from './image.ts';
import type { Instance, MetadataOptions } from './instance.ts';
import { pendingReason } from './instance-state.ts';
import type { Snapshot } from './snapshot.ts';
import { type Volume, volumeKeys } from './volume.ts';

/** What the instances of one launch share. */
export interface Launch {
  ownerId: string;
  reservationId: string;
  image: Image;
  instanceType: string;
  subnet: { subnetId: string; vpcId: string; availabilityZone: string };
  key?: { keyName: string; publicKey: string };
  userData?: string;
  clientToken?: string;
  metadataOptions: MetadataOptions;
  disableApiTermination: boolean;
  disableApiStop: boolean;
  shutdownBehavior: 'stop' | 'terminate';
  ebsOptimized: boolean;
  cpuCredits?: 'standard' | 'unlimited';
  hibernation: boolean;
  cpuOptions?: CpuOptions;
}

/** What each has of its own. */
export interface InstanceIdentity {
  instanceId: string;
  amiLaunchIndex: number;
  networkInterfaceId: string;
  macAddress: string;
  privateIpAddress: string;
}

export function newInstance(launch: Launch, own: InstanceIdentity, now: Date): Instance {
  const { image, subnet } = launch;
  const time = now.toISOString();
  return {
    ...own,
    ownerId: launch.ownerId,
    reservationId: launch.reservationId,
    imageId: image.imageId,
    instanceType: launch.instanceType,
    architecture: image.architecture,
    virtualizationType: image.virtualizationType,
    rootDeviceName: image.rootDeviceName,
    rootDeviceType: image.rootDeviceType,
    platformDetails: image.platformDetails,
    usageOperation: image.usageOperation,
    bootMode: image.bootMode,
    enaSupport: image.enaSupport,
    sriovNetSupport: image.sriovNetSupport,
    productCodes: [...image.productCodes],
    state: 'pending',
    stateReason: pendingReason,
    stateTransitionReason: '',
    launchTime: time,
    availabilityZone: subnet.availabilityZone,
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    keyName: launch.key?.keyName,
    publicKey: launch.key?.publicKey,
    userData: launch.userData,
    clientToken: launch.clientToken,
    metadataOptions: launch.metadataOptions,
    disableApiTermination: launch.disableApiTermination,
    disableApiStop: launch.disableApiStop,
    instanceInitiatedShutdownBehavior: launch.shutdownBehavior,
    ebsOptimized: launch.ebsOptimized,
    cpuCredits: launch.cpuCredits,
    ...(launch.cpuOptions && { cpuOptions: launch.cpuOptions }),
    ...(launch.hibernation && { hibernationConfigured: true }),
    health: 'initializing',
    healthSince: time,
  };
}

/** The volume of one EBS device of a new instance. */
export function newVolume(
  instance: Instance,
  volumeId: string,
  { deviceName, ebs }: BlockDeviceMapping & { ebs: NonNullable<BlockDeviceMapping['ebs']> },
  source: Pick<Snapshot, 'kmsKeyId' | 'productCodes'> | undefined,
): Volume {
  return {
    volumeId,
    ownerId: instance.ownerId,
    size: ebs.volumeSize,
    snapshotId: ebs.snapshotId,
    availabilityZone: instance.availabilityZone,
    state: 'creating',
    createTime: instance.launchTime,
    volumeType: ebs.volumeType,
    iops: ebs.iops,
    throughput: ebs.throughput,
    ...volumeKeys(ebs, source),
    attachment: {
      instanceId: instance.instanceId,
      device: deviceName,
      state: 'attaching',
      attachTime: instance.launchTime,
      deleteOnTermination: ebs.deleteOnTermination,
    },
    productCodes: [...(source?.productCodes ?? [])],
  };
}
