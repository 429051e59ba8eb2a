import type * as sdk from '@aws-sdk/client-ec2';
import { deregistrationProtectionWord } from '../../domain/deregistration-protection.ts';
import { fail, invalidParameterValue, missingParameter } from '../../domain/errors.ts';
import type { Image, LaunchPermission } from '../../domain/image.ts';
import { notAuthorizedForImage, restrictedResource } from '../../domain/image-errors.ts';
import { findImage } from './find-image.ts';
import { operation } from './operation.ts';
import { presentProductCodes } from './present/image.ts';

/** The answer to each attribute; one that is not set is an empty element. */
const attributes: Readonly<Record<string, (image: Image, now: Date) => sdk.ImageAttribute>> = {
  description: image => ({ Description: { Value: image.description } }),
  kernel: image => ({ KernelId: { Value: image.kernelId } }),
  ramdisk: image => ({ RamdiskId: { Value: image.ramdiskId } }),
  launchPermission: image => ({ LaunchPermissions: image.launchPermissions.map(presentPermission) }),
  productCodes: image => ({ ProductCodes: presentProductCodes(image.productCodes) }),
  sriovNetSupport: image => ({ SriovNetSupport: { Value: image.sriovNetSupport } }),
  bootMode: image => ({ BootMode: { Value: image.bootMode } }),
  tpmSupport: image => ({ TpmSupport: { Value: image.tpmSupport } }),
  uefiData: () => ({ UefiData: {} }),
  lastLaunchedTime: image => ({ LastLaunchedTime: { Value: image.lastLaunchedTime } }),
  imdsSupport: image => ({ ImdsSupport: { Value: image.imdsSupport } }),
  deregistrationProtection: (image, now) => ({
    DeregistrationProtection: { Value: deregistrationProtectionWord(image, now) },
  }),
  blockDeviceMapping: () => fail(restrictedResource()),
};

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageAttribute.html
 * The owner's to ask, but for the product codes, which everyone who sees the image may read.
 */
export const describeImageAttribute = operation('DescribeImageAttribute', async (input, context) => {
  const { accountId } = context.caller;
  const attribute: string = input.Attribute || fail(missingParameter('Attribute'));
  const image = await findImage(context.records.read, context.caller, input.ImageId);
  if (image.ownerId !== accountId && attribute !== 'productCodes') throw notAuthorizedForImage(image.imageId);
  const present = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  if (!present)
    throw invalidParameterValue(
      `Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`,
    );
  return { ImageId: image.imageId, ...present(image, context.now()) };
});

function presentPermission(permission: LaunchPermission): sdk.LaunchPermission {
  if ('userId' in permission) return { UserId: permission.userId };
  if ('group' in permission) return { Group: permission.group };
  if ('organizationArn' in permission) return { OrganizationArn: permission.organizationArn };
  return { OrganizationalUnitArn: permission.organizationalUnitArn };
}
