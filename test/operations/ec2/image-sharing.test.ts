import type { DescribeImagesResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Image } from '../../../src/domain/image.ts';
import { membershipsIn } from '../../../src/domain/organizations.ts';
import { cancelImageLaunchPermission } from '../../../src/operations/ec2/cancel-image-launch-permission.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { describeImages } from '../../../src/operations/ec2/describe-images.ts';
import { disableImageBlockPublicAccess } from '../../../src/operations/ec2/disable-image-block-public-access.ts';
import { enableImageBlockPublicAccess } from '../../../src/operations/ec2/enable-image-block-public-access.ts';
import { getImageBlockPublicAccessState } from '../../../src/operations/ec2/get-image-block-public-access-state.ts';
import { modifyImageAttribute } from '../../../src/operations/ec2/modify-image-attribute.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { createKey } from '../../../src/operations/kms/create-key.ts';
import { describeKey } from '../../../src/operations/kms/describe-key.ts';
import { anImage, aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { amazon, owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const ImageId = hexId('ami', 1);
const organization = 'o-abcdefghij';
const unit = 'ou-ab12-11111111';
const membershipsOf = membershipsIn([
  {
    ...{ id: organization, managementAccountId: owner, accountIds: [] },
    units: [
      { id: 'ou-ab12-00000000', accountIds: [], units: [{ id: unit, accountIds: [stranger], units: [] }] },
    ],
  },
]);
const OrganizationArn = `arn:aws:organizations::${owner}:organization/${organization}`;
const unitArn = (id: string) => `arn:aws:organizations::${owner}:ou/${organization}/${id}`;
const permit = (permission: object, account?: string) =>
  region.call(modifyImageAttribute, { ImageId, LaunchPermission: { Add: [permission] } }, account);
const publish = (account?: string) => permit({ Group: 'all' }, account);
const put = (fields: Partial<Image> = {}) =>
  region.records.transaction(async records => records.images.put(anImage({ enaSupport: true, ...fields })));
const listed = async (account: string, input: object = {}) =>
  (await region.call<DescribeImagesResult>(describeImages, input, account)).Images!.map(
    image => image.ImageId,
  );

beforeEach(async () => {
  region = testRegion({
    imageBlockPublicAccess: 'block-new-sharing',
    memberOf: Object.fromEntries([owner, stranger].map(account => [account, membershipsOf(account, 'aws')])),
  });
  await put();
  await region.records.transaction(async records => records.snapshots.put(aSnapshot()));
});

describe('an image shared with an organisation', () => {
  test.each([
    ['as a whole', { OrganizationArn }],
    ['in one unit of it', { OrganizationalUnitArn: unitArn(unit) }],
    ['in a unit above', { OrganizationalUnitArn: unitArn('ou-ab12-00000000') }],
  ])('%s is seen, tagged and launched by its members', async (_what, permission) => {
    expect(await listed(stranger)).toEqual([]);
    await permit(permission);
    expect(await listed(stranger)).toEqual([ImageId]);
    expect(await listed(stranger, { ExecutableUsers: ['self'] })).toEqual([ImageId]);
    expect(await listed(owner, { ExecutableUsers: [stranger] })).toEqual([]);
    expect(await listed(amazon)).toEqual([]);
    await region.call(createTags, { Resources: [ImageId], Tags: [{ Key: 'a', Value: 'b' }] }, stranger);
    const launch = (account: string) =>
      region.call(
        runInstances,
        { ImageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', DryRun: true },
        account,
      );
    expect((await refusal(launch(stranger)))[0]).toBe('DryRunOperation');
    expect(await refusal(launch(amazon))).toEqual([
      'AuthFailure',
      `Not authorized for images: [${ImageId}]`,
      403,
    ]);
    expect((await refusal(region.call(cancelImageLaunchPermission, { ImageId }, stranger)))[0]).toBe(
      'InvalidRequest',
    );
  });

  test('in another unit is not', async () => {
    await permit({ OrganizationalUnitArn: unitArn('ou-ab12-22222222') });
    expect(await listed(stranger)).toEqual([]);
  });
});

describe('the block of public images', () => {
  test('is on until the account lifts it; what is public then stays so', async () => {
    const state = () => region.call(getImageBlockPublicAccessState, {});
    expect(await state()).toEqual({
      ImageBlockPublicAccessState: 'block-new-sharing',
      ManagedBy: 'account',
    });
    const refused = [
      'OperationNotPermitted',
      'You can’t publicly share this image because block public access for AMIs is enabled for this account. To publicly share the image, you must call the DisableImageBlockPublicAccess API.',
      400,
    ];
    expect(await refusal(publish())).toEqual(refused);
    await permit({ UserId: stranger });
    expect(await region.call(disableImageBlockPublicAccess, {})).toEqual({
      ImageBlockPublicAccessState: 'unblocked',
    });
    await publish();
    const enable = (ImageBlockPublicAccessState: string) =>
      region.call(enableImageBlockPublicAccess, { ImageBlockPublicAccessState });
    expect(await enable('block-new-sharing')).toEqual({ ImageBlockPublicAccessState: 'block-new-sharing' });
    expect(await listed(amazon)).toEqual([ImageId]);
    expect(await refusal(publish())).toEqual(refused);
    expect(await refusal(enable('unblocked'))).toEqual([
      'InvalidParameterValue',
      'Value (unblocked) for parameter imageBlockPublicAccessState is invalid.',
      400,
    ]);
    expect((await refusal(enable('')))[0]).toBe('MissingParameter');
  });

  test('is off for accounts that are there to publish', async () => {
    await put({ ownerId: amazon });
    await publish(amazon);
    expect(await listed(stranger)).toEqual([ImageId]);
  });
});

describe('the limits of sharing', () => {
  beforeEach(() => region.call(disableImageBlockPublicAccess, {}));

  test('are five public images, but for accounts that are there to publish', async () => {
    const putPublic = async (ownerId: string, from: number) => {
      for (let n = from; n < from + 5; n++)
        await put({ imageId: hexId('ami', n), ownerId, launchPermissions: [{ group: 'all' }] });
    };
    await putPublic(owner, 10);
    await putPublic(amazon, 20);
    expect(await refusal(publish())).toEqual([
      'ResourceLimitExceeded',
      'You have reached the limit of 5 public images in this region.',
      400,
    ]);
    await put({ ownerId: amazon });
    await publish(amazon);
  });

  test('are a thousand accounts, organisations and units for one image', async () => {
    const launchPermissions = Array.from({ length: 999 }, (_, n) => ({
      userId: String(n).padStart(12, '0'),
    }));
    await put({ launchPermissions });
    await permit({ UserId: stranger });
    await publish();
    expect(await refusal(permit({ OrganizationArn }))).toEqual([
      'ResourceLimitExceeded',
      `The image '${ImageId}' can be shared with at most 1000 accounts, organizations and organizational units.`,
      400,
    ]);
  });

  test('leave out what is encrypted', async () => {
    await region.records.transaction(async records => records.snapshots.put(aSnapshot({ encrypted: true })));
    expect(await refusal(permit({ OrganizationArn }))).toEqual([
      'OperationNotPermitted',
      `The image '${ImageId}' has snapshots encrypted with the account's default key and cannot be shared.`,
      400,
    ]);
    expect(await refusal(publish())).toEqual([
      'OperationNotPermitted',
      `The image '${ImageId}' has encrypted snapshots and cannot be made public.`,
      400,
    ]);
  });

  test('leave out what is under the managed key, and let in what is under a key of the account’s own', async () => {
    const encryptedWith = (kmsKeyId: string) =>
      region.records.transaction(async records =>
        records.snapshots.put(aSnapshot({ encrypted: true, kmsKeyId })),
      );
    const managed = await region.call<{ KeyMetadata: { Arn: string } }>(describeKey, {
      KeyId: 'alias/aws/ebs',
    });
    await encryptedWith(managed.KeyMetadata.Arn);
    expect((await refusal(permit({ OrganizationArn })))[0]).toBe('OperationNotPermitted');
    const { KeyMetadata } = await region.call<{ KeyMetadata: { Arn: string } }>(createKey, {});
    await encryptedWith(KeyMetadata.Arn);
    await permit({ OrganizationArn });
    expect((await refusal(publish()))[0]).toBe('OperationNotPermitted');
  });
});
