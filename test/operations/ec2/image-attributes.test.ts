import type { ImageAttribute, ModifyImageAttributeRequest } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { describeImageAttribute } from '../../../src/operations/ec2/describe-image-attribute.ts';
import { modifyImageAttribute } from '../../../src/operations/ec2/modify-image-attribute.ts';
import { resetImageAttribute } from '../../../src/operations/ec2/reset-image-attribute.ts';
import { anImage, aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { amazon, owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const imageId = hexId('ami', 1);
const modify = (input: Partial<ModifyImageAttributeRequest>, account?: string) =>
  region.call(modifyImageAttribute, { ImageId: imageId, ...input }, account);
const attribute = (Attribute: string, account?: string) =>
  region.call<ImageAttribute>(describeImageAttribute, { ImageId: imageId, Attribute }, account);
const permissions = async () => (await attribute('launchPermission')).LaunchPermissions;
const put = (fields: Parameters<typeof anImage>[0]) =>
  region.records.transaction(async records => records.images.put(anImage(fields)));

beforeEach(async () => {
  region = testRegion();
  await put({ description: 'first', productCodes: [] });
  await region.records.transaction(async records => records.snapshots.put(aSnapshot()));
});

describe('ModifyImageAttribute', () => {
  test('adds and removes launch permissions; repeating either is no error', async () => {
    const add = { LaunchPermission: { Add: [{ UserId: stranger }, { UserId: amazon }] } };
    await modify(add);
    await modify(add);
    expect(await permissions()).toEqual([{ UserId: stranger }, { UserId: amazon }]);
    const remove = { LaunchPermission: { Remove: [{ UserId: stranger }] } };
    await modify(remove);
    await modify(remove);
    expect(await permissions()).toEqual([{ UserId: amazon }]);
  });

  test('understands the old form, and today’s form with remains of the old one beside it', async () => {
    await modify({ Attribute: 'launchPermission', OperationType: 'add', UserIds: [stranger] });
    expect(await permissions()).toEqual([{ UserId: stranger }]);
    await modify({ Attribute: 'launchPermission', OperationType: 'remove', UserIds: [stranger] });
    expect(await permissions()).toEqual([]);
    await modify({ LaunchPermission: { Add: [{ Group: 'all' }] }, UserGroups: ['all'] });
    await modify({
      Attribute: 'launchPermission',
      LaunchPermission: { Add: [{ UserId: stranger }] },
    });
    expect(await permissions()).toEqual([{ Group: 'all' }, { UserId: stranger }]);
  });

  test('changes the description in both forms, and requires tokens for good', async () => {
    await modify({ Description: { Value: 'second' } });
    expect((await attribute('description')).Description).toEqual({ Value: 'second' });
    await modify({ Attribute: 'description', Value: 'third' });
    expect((await attribute('description')).Description).toEqual({ Value: 'third' });
    await modify({ ImdsSupport: { Value: 'v2.0' } });
    expect((await attribute('imdsSupport')).ImdsSupport).toEqual({ Value: 'v2.0' });
  });

  test('deprecates an image two years after its creation when it becomes public, or earlier if so set', async () => {
    await modify({ LaunchPermission: { Add: [{ Group: 'all' }] } });
    expect((await region.records.read.images.get(imageId))?.deprecationTime).toBe('2028-05-01T00:00:00.000Z');
    await put({ deprecationTime: '2027-01-01T00:00:00.000Z' });
    await modify({ LaunchPermission: { Add: [{ Group: 'all' }] } });
    expect((await region.records.read.images.get(imageId))?.deprecationTime).toBe('2027-01-01T00:00:00.000Z');
  });

  test('applies nothing when one item is wrong', async () => {
    const wrong = modify({ LaunchPermission: { Add: [{ UserId: stranger }, { UserId: '12' }] } });
    expect(await refusal(wrong)).toEqual([
      'InvalidAMIAttributeItemValue',
      'Invalid attribute item value "12" for userId item type.',
      400,
    ]);
    expect(await permissions()).toEqual([]);
  });

  test.each<[string, Partial<ModifyImageAttributeRequest>, string, string]>([
    [
      'an account nobody has',
      { LaunchPermission: { Add: [{ UserId: '999999999999' }] } },
      'InvalidAMIAttributeItemValue',
      'Invalid attribute item value "999999999999" for userId item type.',
    ],
    [
      'another group than all',
      { LaunchPermission: { Add: [{ Group: 'friends' as never }] } },
      'InvalidAMIAttributeItemValue',
      'Invalid attribute item value "friends" for userGroup item type.',
    ],
    [
      'an organisation by its id alone',
      { LaunchPermission: { Add: [{ OrganizationArn: 'o-abcdefghij' }] } },
      'InvalidAMIAttributeItemValue',
      'Invalid attribute item value "o-abcdefghij" for organizationArn item type.',
    ],
    ['nothing to change', {}, 'InvalidParameterCombination', 'No attributes specified.'],
    [
      'two attributes',
      { Description: { Value: 'x' }, ImdsSupport: { Value: 'v2.0' } },
      'InvalidParameterCombination',
      'Only one attribute can be modified per request.',
    ],
    [
      'an unknown attribute',
      { Attribute: 'colour', Value: 'red' },
      'InvalidParameterValue',
      'Value (colour) for parameter attribute is invalid. Unknown attribute.',
    ],
    [
      'the old form without an operation',
      { UserIds: [stranger] },
      'MissingParameter',
      'The request must contain the parameter OperationType',
    ],
    [
      'product codes',
      { ProductCodes: ['code1'] },
      'UnsupportedOperation',
      'Product codes of an image cannot be modified.',
    ],
    [
      'a long description',
      { Description: { Value: 'x'.repeat(256) } },
      'InvalidParameterValue',
      'AMI descriptions must be less than 256 characters long',
    ],
    ['no image', { ImageId: '' }, 'MissingParameter', 'The request must contain the parameter ImageId'],
  ])('refuses %s', async (_what, input, code, message) => {
    expect(await refusal(modify(input))).toEqual([code, message, 400]);
    expect(await region.records.read.images.get(imageId)).toEqual(anImage({ description: 'first' }));
  });

  test('shares no encrypted image, and makes none with product codes public', async () => {
    await put({ productCodes: ['code1'] });
    expect((await refusal(modify({ LaunchPermission: { Add: [{ Group: 'all' }] } })))[0]).toBe(
      'OperationNotPermitted',
    );
    await modify({ LaunchPermission: { Add: [{ UserId: stranger }] } });
    await region.records.transaction(async records => records.snapshots.put(aSnapshot({ encrypted: true })));
    expect((await refusal(modify({ LaunchPermission: { Add: [{ UserId: amazon }] } })))[0]).toBe(
      'OperationNotPermitted',
    );
    await modify({ LaunchPermission: { Remove: [{ UserId: stranger }] } });
    expect(await permissions()).toEqual([]);
  });
});

describe('DescribeImageAttribute', () => {
  test('answers one attribute; one that is not set is an empty element', async () => {
    await put({ sriovNetSupport: 'simple', productCodes: ['code1'] });
    expect(await attribute('sriovNetSupport')).toEqual({
      ImageId: imageId,
      SriovNetSupport: { Value: 'simple' },
    });
    expect(await attribute('kernel')).toEqual({ ImageId: imageId, KernelId: {} });
    expect(await attribute('deregistrationProtection')).toEqual({
      ImageId: imageId,
      DeregistrationProtection: { Value: 'disabled' },
    });
    expect(await attribute('productCodes')).toEqual({
      ImageId: imageId,
      ProductCodes: [{ ProductCodeId: 'code1', ProductCodeType: 'marketplace' }],
    });
  });

  test('keeps the block device mapping to itself, and refuses unknown attributes', async () => {
    expect(await refusal(attribute('blockDeviceMapping'))).toEqual([
      'AuthFailure',
      'Unauthorized attempt to access restricted resource',
      403,
    ]);
    expect((await refusal(attribute('constructor')))[0]).toBe('InvalidParameterValue');
    expect((await refusal(attribute('')))[1]).toBe('The request must contain the parameter Attribute');
  });
});

describe('ResetImageAttribute', () => {
  test('takes every launch permission back, and resets nothing else', async () => {
    await put({ launchPermissions: [{ group: 'all' }, { userId: stranger }] });
    const reset = (Attribute: string) => region.call(resetImageAttribute, { ImageId: imageId, Attribute });
    expect((await refusal(reset('description')))[0]).toBe('InvalidParameterValue');
    await reset('launchPermission');
    expect(await permissions()).toEqual([]);
  });
});

describe('the attribute calls', () => {
  const calls: [string, (account: string) => Promise<unknown>][] = [
    ['ModifyImageAttribute', account => modify({ Description: { Value: 'theirs' } }, account)],
    ['DescribeImageAttribute', account => attribute('description', account)],
    [
      'ResetImageAttribute',
      account =>
        region.call(resetImageAttribute, { ImageId: imageId, Attribute: 'launchPermission' }, account),
    ],
  ];

  test.each(calls)('%s is the owner’s: others are told so only of an image they see', async (_name, call) => {
    expect(await refusal(call(stranger))).toEqual([
      'InvalidAMIID.NotFound',
      `The image id '[${imageId}]' does not exist`,
      400,
    ]);
    await put({ launchPermissions: [{ userId: stranger }] });
    expect(await refusal(call(stranger))).toEqual([
      'AuthFailure',
      `Not authorized for image:${imageId}`,
      403,
    ]);
    await put({ state: 'deregistered' });
    expect(await refusal(call(owner))).toEqual([
      'InvalidAMIID.Unavailable',
      `The image ID: '${imageId}' is no longer available`,
      400,
    ]);
  });
});
