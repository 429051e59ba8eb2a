import type { BlockDeviceMapping } from './block-device-mapping.ts';
import type { DeregistrationProtection } from './deregistration-protection.ts';

export type ImageState = 'pending' | 'available' | 'failed' | 'deregistered' | 'disabled';
export type Architecture = 'i386' | 'x86_64' | 'arm64';
/** What boots a machine. */
export type Firmware = 'legacy-bios' | 'uefi';

export interface StateReason {
  code: string;
  message: string;
}

/** Who besides the owner may launch an image: one account, everybody, or an organisation's part. */
export type LaunchPermission =
  | { userId: string }
  | { group: 'all' }
  | { organizationArn: string }
  | { organizationalUnitArn: string };

/** An image (AMI) as the region keeps it. Times are ISO 8601 with milliseconds. */
export interface Image {
  imageId: string;
  ownerId: string;
  name: string;
  description?: string;
  state: ImageState;
  stateReason?: StateReason;
  creationDate: string;
  imageLocation: string;
  architecture: Architecture;
  virtualizationType: 'hvm' | 'paravirtual';
  rootDeviceType: 'ebs' | 'instance-store';
  rootDeviceName: string;
  blockDeviceMappings: BlockDeviceMapping[];
  launchPermissions: LaunchPermission[];
  platformDetails: string;
  usageOperation: string;
  productCodes: string[];
  enaSupport?: boolean;
  sriovNetSupport?: 'simple';
  bootMode?: 'legacy-bios' | 'uefi' | 'uefi-preferred';
  tpmSupport?: 'v2.0';
  imdsSupport?: 'v2.0';
  kernelId?: string;
  ramdiskId?: string;
  sourceInstanceId?: string;
  sourceImageId?: string;
  sourceImageRegion?: string;
  deprecationTime?: string;
  deregistrationProtection?: DeregistrationProtection;
  lastLaunchedTime?: string;
}
