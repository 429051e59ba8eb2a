import type { FilterTable } from './filters.ts';
import type { Image } from './image.ts';
import { isPublic } from './image-visibility.ts';

/** An image with what is known of it outside its record. */
export interface ImageView {
  image: Image;
  /** `amazon`, `aws-marketplace`, …: only of aliased owners. */
  ownerAlias?: string;
  /** What the viewer's Allowed AMIs settings say of it; undefined while they are disabled. */
  imageAllowed?: boolean;
}

const ebs = ({ image }: ImageView) => image.blockDeviceMappings.flatMap(mapping => mapping.ebs ?? []);

/** The filters of DescribeImages but those on tags (spec C.5). */
export const imageFilters: FilterTable<ImageView> = {
  architecture: ({ image }) => image.architecture,
  'block-device-mapping.delete-on-termination': view => ebs(view).map(device => device.deleteOnTermination),
  'block-device-mapping.device-name': ({ image }) =>
    image.blockDeviceMappings.map(mapping => mapping.deviceName),
  'block-device-mapping.encrypted': view => ebs(view).map(device => device.encrypted),
  'block-device-mapping.snapshot-id': view => ebs(view).map(device => device.snapshotId),
  'block-device-mapping.volume-size': view => ebs(view).map(device => device.volumeSize),
  'block-device-mapping.volume-type': view => ebs(view).map(device => device.volumeType),
  'creation-date': ({ image }) => image.creationDate,
  description: ({ image }) => image.description,
  'ena-support': ({ image }) => image.enaSupport,
  'free-tier-eligible': () => false,
  hypervisor: () => 'xen',
  'image-allowed': view => view.imageAllowed,
  'image-id': ({ image }) => image.imageId,
  'image-type': () => 'machine',
  'is-public': ({ image }) => isPublic(image),
  'kernel-id': ({ image }) => image.kernelId,
  'manifest-location': ({ image }) => image.imageLocation,
  name: ({ image }) => image.name,
  'owner-alias': view => view.ownerAlias,
  'owner-id': ({ image }) => image.ownerId,
  platform: ({ image }) => platformOf(image),
  'product-code': ({ image }) => image.productCodes,
  'product-code.type': ({ image }) => image.productCodes.map(() => 'marketplace'),
  'ramdisk-id': ({ image }) => image.ramdiskId,
  'root-device-name': ({ image }) => image.rootDeviceName,
  'root-device-type': ({ image }) => image.rootDeviceType,
  'source-image-id': ({ image }) => image.sourceImageId,
  'source-image-region': ({ image }) => image.sourceImageRegion,
  'source-instance-id': ({ image }) => image.sourceInstanceId,
  state: ({ image }) => image.state,
  'state-reason-code': ({ image }) => image.stateReason?.code,
  'state-reason-message': ({ image }) => image.stateReason?.message,
  'sriov-net-support': ({ image }) => image.sriovNetSupport,
  'virtualization-type': ({ image }) => image.virtualizationType,
};

/** `windows`, or nothing at all for Linux. */
export function platformOf(image: Pick<Image, 'platformDetails'>): 'windows' | undefined {
  return image.platformDetails.startsWith('Windows') ? 'windows' : undefined;
}
