import type { CpuOptions } from './cpu-options.ts';
import type { Architecture, Image, StateReason } from './image.ts';

/** State names and the codes the API shows beside them (spec D.2). */
export const instanceStateCodes = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;

export type InstanceState = keyof typeof instanceStateCodes;

/** What the status checks know: `initializing` until the guest was seen alive, then `ok`; `impaired` if it never was, or hangs. */
export type InstanceHealth = 'initializing' | 'ok' | 'impaired';

export interface MetadataOptions {
  httpTokens: 'optional' | 'required';
  httpPutResponseHopLimit: number;
  httpEndpoint: 'enabled' | 'disabled';
  instanceMetadataTags: 'enabled' | 'disabled';
}

/** An instance as the region keeps it. Its EBS devices are the volumes whose attachment names it. */
export interface Instance {
  instanceId: string;
  ownerId: string;
  reservationId: string;
  imageId: string;
  amiLaunchIndex: number;
  instanceType: string;
  architecture: Architecture;
  virtualizationType: 'hvm' | 'paravirtual';
  rootDeviceName: string;
  rootDeviceType: 'ebs' | 'instance-store';
  platformDetails: string;
  usageOperation: string;
  bootMode?: Image['bootMode'];
  enaSupport?: boolean;
  sriovNetSupport?: 'simple';
  productCodes: string[];
  state: InstanceState;
  stateReason?: StateReason;
  /** Shown as `reason`, e.g. `User initiated (2026-05-10 13:17:12 GMT)`. */
  stateTransitionReason: string;
  launchTime: string;
  terminatedTime?: string;
  availabilityZone: string;
  vpcId: string;
  subnetId: string;
  /** Of its primary network interface, what never changes; all else is in that interface's record. */
  networkInterfaceId: string;
  macAddress: string;
  privateIpAddress: string;
  keyName?: string;
  /** The OpenSSH line the metadata service gives the guest. */
  publicKey?: string;
  /** Base64, as sent. */
  userData?: string;
  clientToken?: string;
  metadataOptions: MetadataOptions;
  disableApiTermination: boolean;
  disableApiStop: boolean;
  instanceInitiatedShutdownBehavior: 'stop' | 'terminate';
  ebsOptimized: boolean;
  /** As asked for; absent: as AWS gives to its type. */
  cpuCredits?: 'standard' | 'unlimited';
  /** As asked for; absent: all of its type's. */
  cpuOptions?: CpuOptions;
  /** It was launched so that it can be hibernated. */
  hibernationConfigured?: true;
  /** Its memory is kept, and it goes on from there when it is started. */
  hibernated?: true;
  /** Root volumes it had before this one, whose snapshots are of its lineage. */
  replacedRootVolumeIds?: string[];
  health: InstanceHealth;
  /** When `health` last changed. */
  healthSince: string;
}
