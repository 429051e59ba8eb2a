import type * as sdk from '@aws-sdk/client-ec2';
import type { BlockDeviceMapping } from '../../../domain/block-device-mapping.ts';
import { deregistrationProtectionWord } from '../../../domain/deregistration-protection.ts';
import { type ImageView, platformOf } from '../../../domain/image-filters.ts';
import { isPublic } from '../../../domain/image-visibility.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

/** An image as DescribeImages shows it to `accountId`; who launched it last is the owner's to know. */
export function presentImage(
  { image, ownerAlias, imageAllowed }: ImageView,
  accountId: string,
  tags: Tags,
  now: Date,
): sdk.Image {
  return {
    ImageId: image.imageId,
    ImageLocation: image.imageLocation,
    State: image.state,
    OwnerId: image.ownerId,
    CreationDate: image.creationDate,
    Public: isPublic(image),
    ProductCodes: presentProductCodes(image.productCodes),
    Architecture: image.architecture,
    ImageType: 'machine',
    KernelId: image.kernelId,
    RamdiskId: image.ramdiskId,
    // On the wire the word is lower-case, whatever the SDK's type says.
    Platform: platformOf(image) as sdk.PlatformValues | undefined,
    PlatformDetails: image.platformDetails,
    UsageOperation: image.usageOperation,
    BlockDeviceMappings: image.blockDeviceMappings.map(presentDevice),
    Description: image.description,
    EnaSupport: image.enaSupport,
    Hypervisor: 'xen',
    ImageOwnerAlias: ownerAlias,
    Name: image.name,
    RootDeviceName: image.rootDeviceName,
    RootDeviceType: image.rootDeviceType,
    SriovNetSupport: image.sriovNetSupport,
    StateReason: image.stateReason && {
      Code: image.stateReason.code,
      Message: image.stateReason.message,
    },
    Tags: presentTags(tags),
    VirtualizationType: image.virtualizationType,
    BootMode: image.bootMode,
    TpmSupport: image.tpmSupport,
    DeprecationTime: image.deprecationTime,
    ImdsSupport: image.imdsSupport,
    SourceInstanceId: image.sourceInstanceId,
    DeregistrationProtection: deregistrationProtectionWord(image, now),
    LastLaunchedTime: image.ownerId === accountId ? image.lastLaunchedTime : undefined,
    SourceImageId: image.sourceImageId,
    SourceImageRegion: image.sourceImageRegion,
    ImageAllowed: imageAllowed,
    FreeTierEligible: false,
  };
}

function presentDevice({ deviceName, ebs, virtualName }: BlockDeviceMapping): sdk.BlockDeviceMapping {
  return {
    DeviceName: deviceName,
    VirtualName: virtualName,
    Ebs: ebs && {
      DeleteOnTermination: ebs.deleteOnTermination,
      SnapshotId: ebs.snapshotId,
      VolumeSize: ebs.volumeSize,
      VolumeType: ebs.volumeType,
      Iops: ebs.iops,
      Throughput: ebs.throughput,
      Encrypted: ebs.encrypted,
    },
  };
}

export function presentProductCodes(codes: readonly string[]): sdk.ProductCode[] {
  return codes.map(ProductCodeId => ({ ProductCodeId, ProductCodeType: 'marketplace' }));
}
