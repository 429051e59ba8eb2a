import type { BlockDeviceMapping } from './block-device-mapping.ts';
import { fail } from './errors.ts';
import type { Image } from './image.ts';
import { snapshotNotFound } from './snapshot-errors.ts';
import type { Tags } from './tags.ts';

/** What a copied image has of its own. */
export type CopiedImage = Pick<
  Image,
  'imageId' | 'ownerId' | 'name' | 'description' | 'creationDate' | 'imageLocation'
> & { sourceRegion: string };

/** The copy of a snapshot, as the mapping of the copied image names it. */
export interface SnapshotOfCopy {
  snapshotId: string;
  encrypted: boolean;
}

/**
 * The copy of an image at the moment it is asked for: the machine it is for, and its devices on the copied snapshots.
 * Permissions, deprecation and protection stay behind (spec C.7).
 * @param copies the copy of each of its snapshots, by the id of that.
 * @throws InvalidSnapshot.NotFound for one that has none.
 */
export function pendingImageCopy(
  source: Image,
  { sourceRegion, ...own }: CopiedImage,
  copies: ReadonlyMap<string, SnapshotOfCopy>,
): Image {
  return {
    ...own,
    state: copies.size > 0 ? 'pending' : 'available',
    architecture: source.architecture,
    virtualizationType: source.virtualizationType,
    rootDeviceType: source.rootDeviceType,
    rootDeviceName: source.rootDeviceName,
    blockDeviceMappings: source.blockDeviceMappings.map(mapping => onCopy(mapping, copies)),
    launchPermissions: [],
    platformDetails: source.platformDetails,
    usageOperation: source.usageOperation,
    productCodes: source.productCodes,
    enaSupport: source.enaSupport,
    sriovNetSupport: source.sriovNetSupport,
    bootMode: source.bootMode,
    tpmSupport: source.tpmSupport,
    imdsSupport: source.imdsSupport,
    kernelId: source.kernelId,
    ramdiskId: source.ramdiskId,
    sourceImageId: source.imageId,
    sourceImageRegion: sourceRegion,
  };
}

function onCopy(
  mapping: BlockDeviceMapping,
  copies: ReadonlyMap<string, SnapshotOfCopy>,
): BlockDeviceMapping {
  const source = mapping.ebs?.snapshotId;
  if (!mapping.ebs || source === undefined) return mapping;
  const copy = copies.get(source) ?? fail(snapshotNotFound(source));
  return { ...mapping, ebs: { ...mapping.ebs, ...copy } };
}

/** An account's own tags on the source that go with the copy; Amazon's do not. */
export function tagsToCopy(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.toLowerCase().startsWith('aws:')));
}
