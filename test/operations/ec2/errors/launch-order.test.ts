/** A launch that is wrong twice is refused for what AWS checks first. */
import { expect, test } from 'vitest';
import type { Image } from '../../../../src/domain/image.ts';
import { enableAllowedImagesSettings } from '../../../../src/operations/ec2/enable-allowed-images-settings.ts';
import { replaceImageCriteriaInAllowedImagesSettings as replaceCriteria } from '../../../../src/operations/ec2/replace-image-criteria-in-allowed-images-settings.ts';
import { runInstances } from '../../../../src/operations/ec2/run-instances.ts';
import { anImage, aSnapshot, hexId } from '../../../support/records.ts';
import { refusal } from '../../../support/refusal.ts';
import { stranger, testRegion } from '../../region.ts';

interface Fault {
  what: string;
  image?: Partial<Image>;
  isMissing?: boolean;
  isNotAllowed?: boolean;
  guestMemoryMiB?: number;
  input?: object;
  error: [code: string, message: string];
}

const imageId = hexId('ami', 1);
const notFound: [string, string] = ['InvalidAMIID.NotFound', `The image id '[${imageId}]' does not exist`];

/** In the order in which they are looked for. */
const faults: Fault[] = [
  {
    what: 'the count',
    input: { MinCount: 0 },
    error: ['InvalidParameterValue', 'Minimum instance count must be greater than zero'],
  },
  { what: 'an image nobody has', isMissing: true, error: notFound },
  {
    what: 'an image that is not shared',
    image: { launchPermissions: [] },
    error: ['AuthFailure', `Not authorized for images: [${imageId}]`],
  },
  {
    what: 'an image that is not available',
    image: { state: 'pending' },
    error: ['InvalidAMIID.Unavailable', `AMI ${imageId} is pending, and cannot be run`],
  },
  { what: 'an image that is not allowed', isNotAllowed: true, error: notFound },
  {
    what: 'an image that wants a subscription',
    image: { productCodes: ['abc'] },
    error: [
      'OptInRequired',
      'In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit http://127.0.0.1:8773/marketplace/pp?sku=abc',
    ],
  },
  {
    what: 'a type that does not fit',
    image: { virtualizationType: 'paravirtual' },
    error: [
      'InvalidParameterCombination',
      "Virtualization type 'hvm' is required for instances of type 't2.micro'. Ensure that you are using an AMI with virtualization type 'hvm'. For more information, see http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html",
    ],
  },
  {
    what: 'the devices',
    input: { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 7 } }] },
    error: [
      'InvalidBlockDeviceMapping',
      `Volume of size 7GB is smaller than snapshot '${hexId('snap', 1)}', expect size >= 8GB`,
    ],
  },
  {
    what: 'the subnet',
    input: { SubnetId: hexId('subnet', 9) },
    error: ['InvalidSubnetID.NotFound', `The subnet ID '${hexId('subnet', 9)}' does not exist`],
  },
  {
    what: 'the key pair',
    input: { KeyName: 'web' },
    error: ['InvalidKeyPair.NotFound', "The key pair 'web' does not exist"],
  },
  {
    what: 'the capacity',
    guestMemoryMiB: 512,
    error: [
      'InsufficientInstanceCapacity',
      "We currently do not have sufficient t2.micro capacity in the Availability Zone you requested (us-east-1a). Stop or terminate instances, choose a smaller instance type, or give instances more of the server's memory (AMITY_GUEST_MEMORY).",
    ],
  },
];

async function launch(...wrong: Fault[]): Promise<unknown> {
  const memory = wrong.find(fault => fault.guestMemoryMiB !== undefined);
  const region = testRegion({ ...(memory && { guestMemoryMiB: memory.guestMemoryMiB! }) });
  const shared = { imageId, ownerId: stranger, launchPermissions: [{ group: 'all' as const }] };
  const image = anImage(Object.assign({ ...shared }, ...wrong.map(fault => fault.image)));
  await region.records.transaction(async records => {
    if (!wrong.some(fault => fault.isMissing)) await records.images.put(image);
    await records.snapshots.put(aSnapshot());
  });
  if (wrong.some(fault => fault.isNotAllowed)) {
    await region.call(replaceCriteria, { ImageCriteria: [{ ImageProviders: ['amazon'] }] });
    await region.call(enableAllowedImagesSettings, { AllowedImagesSettingsState: 'enabled' });
  }
  const one = { ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't2.micro' };
  return region.call(runInstances, Object.assign({ ...one }, ...wrong.map(fault => fault.input)));
}

test('a launch with nothing wrong is not refused', async () => {
  expect(await launch()).toMatchObject({ Instances: [{ ImageId: imageId }] });
});

const pairs = faults.flatMap((first, n) => faults.slice(n).map(then => [first, then] as const));

test.each(pairs.map(([first, then]) => ({ first, then })))(
  '$first.what is told before $then.what',
  async ({ first, then }) => {
    // The later one comes first, so that the order is not that of the faults here.
    const [code, message] = await refusal(launch(then, first));
    expect([code, message]).toEqual(first.error);
  },
);
