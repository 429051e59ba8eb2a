import type { DescribeImagesResult, ImageAttribute } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Image } from '../../../src/domain/image.ts';
import { cancelImageLaunchPermission } from '../../../src/operations/ec2/cancel-image-launch-permission.ts';
import { deregisterImage } from '../../../src/operations/ec2/deregister-image.ts';
import { describeImageAttribute } from '../../../src/operations/ec2/describe-image-attribute.ts';
import { describeImages } from '../../../src/operations/ec2/describe-images.ts';
import { disableImage } from '../../../src/operations/ec2/disable-image.ts';
import { disableImageDeprecation } from '../../../src/operations/ec2/disable-image-deprecation.ts';
import { disableImageDeregistrationProtection } from '../../../src/operations/ec2/disable-image-deregistration-protection.ts';
import { enableImage } from '../../../src/operations/ec2/enable-image.ts';
import { enableImageDeprecation } from '../../../src/operations/ec2/enable-image-deprecation.ts';
import { enableImageDeregistrationProtection } from '../../../src/operations/ec2/enable-image-deregistration-protection.ts';
import { modifyImageAttribute } from '../../../src/operations/ec2/modify-image-attribute.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { anImage, aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const ImageId = hexId('ami', 1);
const call = <Result = { Return: unknown }>(operation: Operation, input: object = {}, account?: string) =>
  region.call<Result>(operation, { ImageId, ...input }, account);
const put = (fields: Partial<Image> = {}) =>
  region.records.transaction(async records => {
    await records.images.put(anImage({ enaSupport: true, ...fields }));
    await records.snapshots.put(aSnapshot());
  });
const record = async () => (await region.records.read.images.get(ImageId))!;
const listed = async (account: string, input: object = {}) =>
  (await region.call<DescribeImagesResult>(describeImages, input, account)).Images!;
const pass = (milliseconds: number) => {
  region.time = new Date(region.time.getTime() + milliseconds);
};
const day = 24 * 3_600_000;

beforeEach(async () => {
  region = testRegion();
  await put({ launchPermissions: [{ userId: stranger }] });
});

describe('deprecation', () => {
  const enable = (DeprecateAt?: Date, account?: string) =>
    call(enableImageDeprecation, { DeprecateAt }, account);
  const invalid = (message: string) => ['InvalidParameterValue', message, 400];

  test('is rounded to the minute, shown at once, and hides the image from others when it comes', async () => {
    expect(await enable(new Date('2026-06-01T12:00:30.000Z'))).toEqual({ Return: true });
    expect((await listed(owner))[0]!.DeprecationTime).toBe('2026-06-01T12:01:00.000Z');
    expect(await listed(stranger)).toHaveLength(1);
    region.time = new Date('2026-06-01T12:01:00.000Z');
    expect(await listed(stranger)).toEqual([]);
    expect(await listed(stranger, { ImageIds: [ImageId] })).toHaveLength(1);
    expect(await listed(stranger, { IncludeDeprecated: true })).toHaveLength(1);
    expect(await listed(owner)).toHaveLength(1);
    expect(await call(disableImageDeprecation)).toEqual({ Return: true });
    expect(await listed(stranger)).toHaveLength(1);
    expect((await record()).deprecationTime).toBeUndefined();
  });

  test('of a public image is at most two years after its creation, and never taken back altogether', async () => {
    await put({ launchPermissions: [{ group: 'all' }] });
    await enable(new Date('2028-05-01T00:00:00Z'));
    expect(await refusal(enable(new Date('2028-05-01T00:01:00Z')))).toEqual(
      invalid('DeprecateAt of a public AMI must be at most 2 years from its creation date.'),
    );
    await enable(new Date('2027-05-01T00:00:00Z'));
    await call(disableImageDeprecation);
    expect((await record()).deprecationTime).toBe('2028-05-01T00:00:00.000Z');
  });

  test('is in the future and at most ten years away', async () => {
    await enable(new Date('2036-05-10T13:17:00Z'));
    expect(await refusal(enable(new Date('2036-05-10T13:18:00Z')))).toEqual(
      invalid('DeprecateAt must be at most 10 years from now.'),
    );
    const past = invalid('DeprecateAt must be a time in the future.');
    expect(await refusal(enable(region.time))).toEqual(past);
    expect(await refusal(enable(new Date(Number.NaN)))).toEqual(past);
    expect(await refusal(enable())).toEqual([
      'MissingParameter',
      'The request must contain the parameter DeprecateAt',
      400,
    ]);
  });
});

describe('a disabled image', () => {
  const launch = (account: string) =>
    call(runInstances, { MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' }, account);

  test('is hidden and launches for nobody until it is enabled, without its permissions', async () => {
    expect(await call(disableImage)).toEqual({ Return: true });
    expect(await listed(owner)).toEqual([]);
    expect(await listed(owner, { IncludeDisabled: true })).toMatchObject([{ State: 'disabled' }]);
    expect(await listed(stranger, { IncludeDisabled: true })).toEqual([]);
    expect(await refusal(launch(owner))).toEqual([
      'InvalidAMIID.Unavailable',
      `The image ID: '${ImageId}' is no longer available`,
      400,
    ]);
    expect(await refusal(launch(stranger))).toEqual([
      'AuthFailure',
      `Not authorized for images: [${ImageId}]`,
      403,
    ]);
    await call(disableImage);
    expect(await call(enableImage)).toEqual({ Return: true });
    await launch(owner);
    expect((await record()).launchPermissions).toEqual([]);
  });

  test('cannot be shared, and can be deregistered', async () => {
    await call(disableImage);
    const sharing = call(modifyImageAttribute, { LaunchPermission: { Add: [{ UserId: stranger }] } });
    expect(await refusal(sharing)).toEqual([
      'IncorrectState',
      `The image '${ImageId}' is disabled and cannot be shared.`,
      400,
    ]);
    await call(deregisterImage);
  });

  test.each(['pending', 'failed'] as const)('was not %s before', async state => {
    await put({ state });
    for (const operation of [disableImage, enableImage])
      expect(await refusal(call(operation))).toEqual([
        'IncorrectState',
        `The image '${ImageId}' is '${state}'`,
        400,
      ]);
  });
});

describe('deregistration protection', () => {
  const word = async () => {
    const { DeregistrationProtection } = await call<ImageAttribute>(describeImageAttribute, {
      Attribute: 'deregistrationProtection',
    });
    const [image] = await listed(owner);
    expect(DeregistrationProtection?.Value).toBe(image!.DeregistrationProtection);
    return image!.DeregistrationProtection;
  };
  const enable = (WithCooldown?: boolean) => call(enableImageDeregistrationProtection, { WithCooldown });
  const disable = () => call(disableImageDeregistrationProtection);

  test('keeps the image until it is disabled', async () => {
    expect(await enable()).toEqual({ Return: 'enabled-without-cooldown' });
    expect(await word()).toBe('enabled-without-cooldown');
    expect(await refusal(call(deregisterImage))).toEqual([
      'OperationNotPermitted',
      `The image '${ImageId}' has deregistration protection enabled.`,
      400,
    ]);
    expect(await disable()).toEqual({ Return: 'disabled' });
    expect(await word()).toBe('disabled');
    await call(deregisterImage);
  });

  test('with a cooldown keeps it for a day more', async () => {
    expect(await enable(true)).toEqual({ Return: 'enabled-with-cooldown' });
    await disable();
    pass(day / 2);
    expect(await disable()).toEqual({ Return: 'disabled after 2026-05-11T13:17:12.000Z' });
    expect(await word()).toBe('disabled after 2026-05-11T13:17:12.000Z');
    expect(await refusal(call(deregisterImage))).toEqual([
      'OperationNotPermitted',
      `The image '${ImageId}' has deregistration protection in its cooldown period until 2026-05-11T13:17:12.000Z.`,
      400,
    ]);
    pass(day / 2);
    expect(await word()).toBe('disabled');
    await call(deregisterImage);
  });
});

describe('CancelImageLaunchPermission', () => {
  const cancel = (account: string) => call(cancelImageLaunchPermission, {}, account);

  test('gives back what was granted to the account by its id, and nothing else', async () => {
    await put({ launchPermissions: [{ userId: stranger }, { group: 'all' }] });
    expect(await cancel(stranger)).toEqual({ Return: true });
    expect((await record()).launchPermissions).toEqual([{ group: 'all' }]);
    for (const account of [stranger, owner])
      expect(await refusal(cancel(account))).toEqual([
        'InvalidRequest',
        `The image '${ImageId}' is not shared with account ${account} by its id.`,
        400,
      ]);
    await put();
    expect((await refusal(cancel(stranger)))[0]).toBe('InvalidAMIID.NotFound');
  });
});

test.each<[string, Operation]>([
  ['EnableImageDeprecation', enableImageDeprecation],
  ['DisableImageDeprecation', disableImageDeprecation],
  ['EnableImage', enableImage],
  ['DisableImage', disableImage],
  ['EnableImageDeregistrationProtection', enableImageDeregistrationProtection],
  ['DisableImageDeregistrationProtection', disableImageDeregistrationProtection],
])('%s is the owner’s, and changes nothing in a dry run', async (_name, operation) => {
  const input = { DeprecateAt: new Date('2027-01-01T00:00:00Z') };
  const before = await record();
  expect(await refusal(call(operation, input, stranger))).toEqual([
    'AuthFailure',
    `Not authorized for image:${ImageId}`,
    403,
  ]);
  expect((await refusal(call(operation, { ...input, DryRun: true })))[0]).toBe('DryRunOperation');
  expect(await record()).toEqual(before);
  expect((await refusal(call(operation, { ImageId: '' })))[0]).toBe('MissingParameter');
  await put({ state: 'deregistered' });
  expect((await refusal(call(operation, input)))[0]).toBe('InvalidAMIID.Unavailable');
});
