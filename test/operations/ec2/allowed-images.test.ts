import type { DescribeImagesResult, GetAllowedImagesSettingsResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { copyImage } from '../../../src/operations/ec2/copy-image.ts';
import { describeImages } from '../../../src/operations/ec2/describe-images.ts';
import { disableAllowedImagesSettings } from '../../../src/operations/ec2/disable-allowed-images-settings.ts';
import { enableAllowedImagesSettings } from '../../../src/operations/ec2/enable-allowed-images-settings.ts';
import { getAllowedImagesSettings } from '../../../src/operations/ec2/get-allowed-images-settings.ts';
import { getImageAncestry } from '../../../src/operations/ec2/get-image-ancestry.ts';
import { replaceImageCriteriaInAllowedImagesSettings as replaceCriteria } from '../../../src/operations/ec2/replace-image-criteria-in-allowed-images-settings.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { amazon, stranger, type TestRegion, testRegion } from '../region.ts';
import { launch, putImage, refusal } from './launch-fixtures.ts';

const own = 'ami-00000000000000001';
const strangers = 'ami-00000000000000002';
const amazons = 'ami-00000000000000003';
const launchPermissions = [{ group: 'all' as const }];
let region: TestRegion;

beforeEach(async () => {
  region = testRegion();
  await putImage(region, { imageId: own, name: 'own' });
  await putImage(region, { imageId: strangers, name: 'strange', ownerId: stranger, launchPermissions });
  await putImage(region, { imageId: amazons, name: 'tiny', ownerId: amazon, launchPermissions });
});

const enable = (AllowedImagesSettingsState: string) =>
  region.call(enableAllowedImagesSettings, { AllowedImagesSettingsState });
const allowOnly = (...ImageProviders: string[]) =>
  region.call(replaceCriteria, { ImageCriteria: [{ ImageProviders }] });

async function seen(input: object = {}, accountId?: string) {
  const { Images } = await region.call<DescribeImagesResult>(describeImages, input, accountId);
  return Object.fromEntries(Images!.map(image => [image.ImageId, image.ImageAllowed]));
}

describe('the settings', () => {
  test('are disabled at first, and are the account’s own', async () => {
    expect(await region.call(getAllowedImagesSettings, {})).toEqual({
      State: 'disabled',
      ImageCriteria: [],
      ManagedBy: 'account',
    });
    expect(await enable('audit-mode')).toEqual({ AllowedImagesSettingsState: 'audit-mode' });
    const other = await region.call<GetAllowedImagesSettingsResult>(getAllowedImagesSettings, {}, stranger);
    expect(other.State).toBe('disabled');
  });

  test('keep their criteria when they are disabled, until these are replaced', async () => {
    const ImageCriteria = [
      { ImageProviders: ['amazon', stranger], ImageNames: ['a*'] },
      { CreationDateCondition: { MaximumDaysSinceCreated: 30 } },
      { DeprecationTimeCondition: { MaximumDaysSinceDeprecated: 0 }, MarketplaceProductCodes: ['abc'] },
    ];
    expect(await region.call(replaceCriteria, { ImageCriteria })).toEqual({ ReturnValue: true });
    await enable('enabled');
    expect(await region.call(disableAllowedImagesSettings, {})).toEqual({
      AllowedImagesSettingsState: 'disabled',
    });
    expect(await region.call(getAllowedImagesSettings, {})).toMatchObject({
      State: 'disabled',
      ImageCriteria,
    });
    await region.call(replaceCriteria, {});
    expect(await region.call(getAllowedImagesSettings, {})).toMatchObject({ ImageCriteria: [] });
  });

  test('are changed by no dry run, and to no other state', async () => {
    await refusal(
      region,
      enableAllowedImagesSettings,
      { AllowedImagesSettingsState: 'enabled', DryRun: true },
      { code: 'DryRunOperation', status: 412 },
    );
    await refusal(region, enableAllowedImagesSettings, {}, { code: 'MissingParameter' });
    const disabled = { AllowedImagesSettingsState: 'disabled' };
    await refusal(region, enableAllowedImagesSettings, disabled, { code: 'InvalidParameterValue' });
    expect(await region.call(getAllowedImagesSettings, {})).toMatchObject({ State: 'disabled' });
  });
});

describe('disabled', () => {
  test('nothing is hidden, and nothing is said', async () => {
    await allowOnly('amazon');
    expect(await seen()).toEqual({ [own]: undefined, [strangers]: undefined, [amazons]: undefined });
    expect(await seen({ Filters: [{ Name: 'image-allowed', Values: ['true', 'false'] }] })).toEqual({});
  });
});

describe('in audit mode', () => {
  test('images tell whether they would be allowed, and all of them launch', async () => {
    await allowOnly('amazon');
    await enable('audit-mode');
    expect(await seen()).toEqual({ [own]: true, [strangers]: false, [amazons]: true });
    expect(await seen({ Filters: [{ Name: 'image-allowed', Values: ['false'] }] })).toEqual({
      [strangers]: false,
    });
    expect(await launch(region, { ImageId: strangers })).toHaveLength(1);
  });
});

describe('enabled', () => {
  beforeEach(async () => {
    await allowOnly('amazon');
    await enable('enabled');
  });
  const notFound = {
    code: 'InvalidAMIID.NotFound',
    message: `The image id '[${strangers}]' does not exist`,
  };

  test('what is not allowed cannot be found, also by its id', async () => {
    expect(await seen()).toEqual({ [own]: true, [amazons]: true });
    expect(await seen({ ImageIds: [amazons] })).toEqual({ [amazons]: true });
    await refusal(region, describeImages, { ImageIds: [own, strangers] }, notFound);
    await refusal(region, getImageAncestry, { ImageId: strangers }, notFound);
  });

  test('what is not allowed can be neither launched nor copied', async () => {
    const counts = { MinCount: 1, MaxCount: 1 };
    await refusal(region, runInstances, { ImageId: strangers, ...counts }, notFound);
    expect(await launch(region, { ImageId: amazons })).toHaveLength(1);
    expect(await launch(region, { ImageId: own })).toHaveLength(1);
    const copy = { Name: 'copy', SourceRegion: 'us-east-1', SourceImageId: strangers };
    await refusal(region, copyImage, copy, notFound);
    await putImage(region, { imageId: strangers, ownerId: stranger, state: 'pending', launchPermissions });
    const pending = { code: 'InvalidAMIID.Unavailable' };
    await refusal(region, runInstances, { ImageId: strangers, ...counts }, pending);
  });

  test('other accounts see what they saw', async () => {
    expect(Object.keys(await seen({}, stranger))).toEqual([strangers, amazons]);
  });

  test('without criteria everything is allowed', async () => {
    await region.call(replaceCriteria, { ImageCriteria: [] });
    expect(await seen()).toEqual({ [own]: true, [strangers]: true, [amazons]: true });
  });
});
