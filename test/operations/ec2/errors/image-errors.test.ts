/** Every error of images that AWS documents or answers (the error codes of the EC2 API), by its exact text. */
import { beforeAll, describe } from 'vitest';
import type { Image } from '../../../../src/domain/image.ts';
import { copyImage } from '../../../../src/operations/ec2/copy-image.ts';
import { deregisterImage } from '../../../../src/operations/ec2/deregister-image.ts';
import { describeImageAttribute } from '../../../../src/operations/ec2/describe-image-attribute.ts';
import { describeImages } from '../../../../src/operations/ec2/describe-images.ts';
import { disableImage } from '../../../../src/operations/ec2/disable-image.ts';
import { modifyImageAttribute } from '../../../../src/operations/ec2/modify-image-attribute.ts';
import { resetImageAttribute } from '../../../../src/operations/ec2/reset-image-attribute.ts';
import { restoreImageFromRecycleBin } from '../../../../src/operations/ec2/restore-image-from-recycle-bin.ts';
import { runInstances } from '../../../../src/operations/ec2/run-instances.ts';
import { anImage, aSnapshot, hexId } from '../../../support/records.ts';
import { refuses } from '../../errors.ts';
import { stranger, type TestRegion, testRegion } from '../../region.ts';

const id = (n: number) => hexId('ami', n);
const [own, foreign, hidden, gone, pending, guarded, cooling, disabled, coded, billed, nobodys] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(id),
] as [string, ...string[]] & string[];
const everybodys = { ownerId: stranger, launchPermissions: [{ group: 'all' as const }] };
const until = '2026-05-11T13:17:12.000Z';

const images: Partial<Image>[] = [
  { imageId: own, name: 'own' },
  { imageId: foreign, ...everybodys },
  { imageId: hidden, ownerId: stranger },
  { imageId: gone, state: 'deregistered' },
  { imageId: pending, state: 'pending' },
  { imageId: guarded, deregistrationProtection: { state: 'enabled', cooldown: false } },
  { imageId: cooling, deregistrationProtection: { state: 'cooling-down', until } },
  { imageId: disabled, state: 'disabled' },
  { imageId: coded, ...everybodys, productCodes: ['abcdefghijklmnopqrstuvwxy'] },
  { imageId: billed, ...everybodys, usageOperation: 'RunInstances:0002', platformDetails: 'Windows' },
];

let region: TestRegion;
beforeAll(async () => {
  region = testRegion({ imageBlockPublicAccess: 'block-new-sharing' });
  await region.records.transaction(async records => {
    for (const image of images) await records.images.put(anImage(image));
    await records.snapshots.put(aSnapshot());
    await records.snapshots.put(aSnapshot({ snapshotId: hexId('snap', 2), ownerId: stranger }));
  });
});

const launch = (ImageId: string | undefined) => ({
  ImageId,
  MinCount: 1,
  MaxCount: 1,
  InstanceType: 't3.micro',
});
const copy = (SourceImageId: string | undefined, more: object = {}) => ({
  ...{ SourceImageId, SourceRegion: 'us-east-1', Name: 'a copy' },
  ...more,
});
const grant = (ImageId: string, ...Add: object[]) => ({ ImageId, LaunchPermission: { Add } });
const notFound = (...ids: string[]) => ({
  code: 'InvalidAMIID.NotFound',
  message:
    ids.length === 1
      ? `The image id '[${ids[0]}]' does not exist`
      : `The image ids '[${ids.join(', ')}]' do not exist`,
});
const unavailable = {
  code: 'InvalidAMIID.Unavailable',
  message: `The image ID: '${gone}' is no longer available`,
};
const malformed = { code: 'InvalidAMIID.Malformed' };
const attributeItem = (value: string, type: string) => ({
  code: 'InvalidAMIAttributeItemValue',
  message: `Invalid attribute item value "${value}" for ${type} item type.`,
});
const permissions = { Attribute: 'launchPermission' };

describe('an image’s id', () => {
  refuses(() => region, {
    'that nobody has': { operation: describeImages, input: { ImageIds: [nobodys] }, ...notFound(nobodys!) },
    'that is hidden, beside one that nobody has': {
      operation: describeImages,
      input: { ImageIds: [own, hidden, nobodys] },
      ...notFound(hidden!, nobodys!),
    },
    'that is hidden, for its attributes': {
      operation: describeImageAttribute,
      input: { ImageId: hidden, ...permissions },
      ...notFound(hidden!),
    },
    'that is hidden, for a copy': { operation: copyImage, input: copy(hidden), ...notFound(hidden!) },
    'of another form': {
      ...{ operation: describeImages, input: { ImageIds: ['foo'] }, ...malformed },
      message: 'Invalid id: "foo" (expecting "ami-...")',
    },
    'of a snapshot': {
      ...{ operation: deregisterImage, input: { ImageId: 'snap-00000001' }, ...malformed },
      message: 'Invalid id: "snap-00000001" (expecting "ami-...")',
    },
    'with other digits': {
      ...{ operation: runInstances, input: launch('ami-zz'), ...malformed },
      message: 'Invalid id: "ami-zz"',
    },
    'in the letters of another script': {
      ...{ operation: disableImage, input: { ImageId: 'ami-００００００００' }, ...malformed },
      message: 'Invalid id: "ami-００００００００"',
    },
    'left out': {
      ...{ operation: deregisterImage, input: {} },
      ...{ code: 'MissingParameter', message: 'The request must contain the parameter ImageId' },
    },
    'not in the Recycle Bin': {
      ...{ operation: restoreImageFromRecycleBin, input: { ImageId: own }, ...notFound(own) },
    },
  });
});

describe('a deregistered image', () => {
  refuses(() => region, {
    'deregistered again': { operation: deregisterImage, input: { ImageId: gone }, ...unavailable },
    'asked for an attribute': {
      operation: describeImageAttribute,
      input: { ImageId: gone, ...permissions },
      ...unavailable,
    },
    'given another description': {
      operation: modifyImageAttribute,
      input: { ImageId: gone, Description: { Value: 'x' } },
      ...unavailable,
    },
    launched: { operation: runInstances, input: launch(gone), ...unavailable },
    copied: { operation: copyImage, input: copy(gone), ...unavailable },
  });
});

describe('who may not', () => {
  const notOwned = { code: 'AuthFailure', message: `Not authorized for image:${foreign}`, status: 403 };
  refuses(() => region, {
    'launch an image that is not shared': {
      ...{ operation: runInstances, input: launch(hidden) },
      ...{ code: 'AuthFailure', message: `Not authorized for images: [${hidden}]`, status: 403 },
    },
    'deregister another account’s': { operation: deregisterImage, input: { ImageId: foreign }, ...notOwned },
    'read its permissions': {
      operation: describeImageAttribute,
      input: { ImageId: foreign, ...permissions },
      ...notOwned,
    },
    'reset them': {
      operation: resetImageAttribute,
      input: { ImageId: foreign, ...permissions },
      ...notOwned,
    },
    'read the devices of the own': {
      ...{ operation: describeImageAttribute, input: { ImageId: own, Attribute: 'blockDeviceMapping' } },
      ...{ code: 'AuthFailure', message: 'Unauthorized attempt to access restricted resource', status: 403 },
    },
    'launch what wants a subscription': {
      ...{ operation: runInstances, input: launch(coded) },
      code: 'OptInRequired',
      message:
        'In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit http://127.0.0.1:8773/marketplace/pp?sku=abcdefghijklmnopqrstuvwxy',
      status: 401,
    },
    'copy it': {
      ...{ operation: copyImage, input: copy(coded), code: 'InvalidRequest' },
      message: 'Images from AWS Marketplace cannot be copied to another AWS account',
    },
    'copy what is licensed': {
      ...{ operation: copyImage, input: copy(billed), code: 'InvalidRequest' },
      message: 'Images with EC2 BillingProduct codes cannot be copied to another AWS account',
    },
    'copy what is shared without its snapshots': {
      ...{ operation: copyImage, input: copy(foreign), caller: '999988887777', code: 'InvalidRequest' },
      message: 'You do not have permission to access the storage of this ami',
    },
  });
});

describe('an image’s state', () => {
  refuses(() => region, {
    'pending, for a launch': {
      ...{ operation: runInstances, input: launch(pending), code: 'InvalidAMIID.Unavailable' },
      message: `AMI ${pending} is pending, and cannot be run`,
    },
    'pending, for a copy': {
      ...{ operation: copyImage, input: copy(pending), code: 'InvalidAMIID.Unavailable' },
      message: `AMI ${pending} is pending, and cannot be copied`,
    },
    'disabled, for a copy': {
      ...{ operation: copyImage, input: copy(disabled), code: 'InvalidAMIID.Unavailable' },
      message: `The image ID: '${disabled}' is no longer available`,
    },
    'protected, for the end': {
      ...{ operation: deregisterImage, input: { ImageId: guarded }, code: 'OperationNotPermitted' },
      message: `The image '${guarded}' has deregistration protection enabled.`,
    },
    'protected until a while ago, for the end': {
      ...{ operation: deregisterImage, input: { ImageId: cooling }, code: 'OperationNotPermitted' },
      message: `The image '${cooling}' has deregistration protection in its cooldown period until ${until}.`,
    },
  });
});

describe('a launch permission', () => {
  const arn = 'arn:aws-cn:organizations::111111111111:organization/o-abcdefghij';
  refuses(() => region, {
    'for everybody, who are blocked': {
      ...{
        operation: modifyImageAttribute,
        input: grant(own, { Group: 'all' }),
        code: 'OperationNotPermitted',
      },
      message:
        'You can’t publicly share this image because block public access for AMIs is enabled for this account. To publicly share the image, you must call the DisableImageBlockPublicAccess API.',
    },
    'for no account id, beside a good one': {
      operation: modifyImageAttribute,
      input: grant(own, { UserId: stranger }, { UserId: '12345' }),
      ...attributeItem('12345', 'userId'),
    },
    'for an account nobody has': {
      operation: modifyImageAttribute,
      input: grant(own, { UserId: '000000000000' }),
      ...attributeItem('000000000000', 'userId'),
    },
    'for another group': {
      operation: modifyImageAttribute,
      input: grant(own, { Group: 'everyone' }),
      ...attributeItem('everyone', 'userGroup'),
    },
    'for an organisation of another partition': {
      operation: modifyImageAttribute,
      input: grant(own, { OrganizationArn: arn }),
      ...attributeItem(arn, 'organizationArn'),
    },
    'for an organisation by its id': {
      operation: modifyImageAttribute,
      input: grant(own, { OrganizationArn: 'o-abcdefghij' }),
      ...attributeItem('o-abcdefghij', 'organizationArn'),
    },
    'for a unit by its id': {
      operation: modifyImageAttribute,
      input: grant(own, { OrganizationalUnitArn: 'ou-ab12-11111111' }),
      ...attributeItem('ou-ab12-11111111', 'organizationalUnitArn'),
    },
    'for two at once': {
      operation: modifyImageAttribute,
      input: grant(own, { UserId: stranger, Group: 'all' }),
      code: 'InvalidParameterCombination',
      message: 'A launch permission names one of UserId, Group, OrganizationArn and OrganizationalUnitArn.',
    },
  });
});
