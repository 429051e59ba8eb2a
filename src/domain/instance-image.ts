import type { FilterTable } from './filters.ts';
import type { Image } from './image.ts';
import type { Instance } from './instance.ts';
import { zoneId } from './network-zones.ts';

/** An instance with the image it was launched from, as far as that is remembered. */
export interface InstanceImageView {
  instance: Instance;
  image?: Image;
  ownerAlias?: string;
  imageAllowed?: boolean;
}

/** The filters of DescribeInstanceImageMetadata but those on the instance's tags. `owner-…` is about the image's owner. */
export const instanceImageFilters: FilterTable<InstanceImageView> = {
  'availability-zone': ({ instance }) => instance.availabilityZone,
  'image-allowed': view => view.imageAllowed,
  'instance-id': ({ instance }) => instance.instanceId,
  'instance-state-name': ({ instance }) => instance.state,
  'instance-type': ({ instance }) => instance.instanceType,
  'launch-time': ({ instance }) => instance.launchTime,
  'owner-alias': view => view.ownerAlias,
  'owner-id': ({ image }) => image?.ownerId,
  'zone-id': ({ instance }) => zoneId(instance.availabilityZone),
};
