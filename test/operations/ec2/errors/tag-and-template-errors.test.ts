/** Errors of tags, launch templates and the names of images, by their exact text. */
import { beforeAll, describe } from 'vitest';
import { createLaunchTemplate } from '../../../../src/operations/ec2/create-launch-template.ts';
import { createTags } from '../../../../src/operations/ec2/create-tags.ts';
import { deleteLaunchTemplate } from '../../../../src/operations/ec2/delete-launch-template.ts';
import { describeLaunchTemplateVersions } from '../../../../src/operations/ec2/describe-launch-template-versions.ts';
import { runInstances } from '../../../../src/operations/ec2/run-instances.ts';
import { putParameter } from '../../../../src/operations/ssm/put-parameter.ts';
import { anImage, aSnapshot, hexId } from '../../../support/records.ts';
import { refuses } from '../../errors.ts';
import { type TestRegion, testRegion } from '../../region.ts';

const own = hexId('ami', 1);
let region: TestRegion;
let templateId: string;
beforeAll(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.images.put(anImage());
    await records.snapshots.put(aSnapshot());
  });
  const LaunchTemplateData = { ImageId: own };
  const { LaunchTemplate } = await region.call<{ LaunchTemplate: { LaunchTemplateId: string } }>(
    createLaunchTemplate,
    { LaunchTemplateName: 'web', LaunchTemplateData },
  );
  templateId = LaunchTemplate.LaunchTemplateId;
  await region.call(putParameter, { Name: '/not/an/image', Value: 'x', Type: 'String' });
});

const tag = (...Tags: object[]) => ({ operation: createTags, input: { Resources: [own], Tags } });
const parameter = { code: 'InvalidParameterValue' };

describe('a tag', () => {
  const many = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' }));
  refuses(() => region, {
    'that is AWS’s': {
      ...{ ...tag({ Key: 'aws:mine', Value: '' }), ...parameter },
      message: "Tag keys starting with 'aws:' are reserved for internal use",
    },
    'that is AWS’s in capitals': {
      ...{ ...tag({ Key: 'AWS:mine', Value: '' }), ...parameter },
      message: "Tag keys starting with 'aws:' are reserved for internal use",
    },
    'beyond fifty': {
      ...{ ...tag(...many), code: 'TagLimitExceeded' },
      message: 'The maximum number of Tags for a resource has been reached.',
    },
    'with a key too long': {
      ...{ ...tag({ Key: 'é'.repeat(129), Value: '' }), ...parameter },
      message: `Tag key exceeds the maximum length of 128 characters: '${'é'.repeat(129)}'`,
    },
    'with a value too long': {
      ...{ ...tag({ Key: 'a', Value: '😀'.repeat(129) }), ...parameter },
      message: `Tag value exceeds the maximum length of 256 characters: '${'😀'.repeat(129)}'`,
    },
    'given twice': {
      ...{ ...tag({ Key: 'a', Value: '1' }, { Key: 'a', Value: '2' }), ...parameter },
      message: "Duplicate tag key 'a' specified.",
    },
    'without a key': {
      ...{ ...tag({ Value: '1' }), code: 'MissingParameter' },
      message: 'The request must contain the parameter Tag.Key',
    },
    'on nothing': {
      ...{ operation: createTags, input: { Tags: [{ Key: 'a', Value: 'b' }] }, code: 'MissingParameter' },
      message: 'The request must contain the parameter ResourceId',
    },
    'on what is no id': {
      ...{ operation: createTags, input: { Resources: ['foo'], Tags: [{ Key: 'a', Value: 'b' }] } },
      ...{ code: 'InvalidID', message: "The ID 'foo' is not valid" },
    },
    'on an image nobody has': {
      ...{
        operation: createTags,
        input: { Resources: [own, hexId('ami', 9)], Tags: [{ Key: 'a', Value: '' }] },
      },
      ...{ code: 'InvalidAMIID.NotFound', message: `The image id '[${hexId('ami', 9)}]' does not exist` },
    },
    'on a thousand and one things': {
      operation: createTags,
      input: { Resources: Array.from({ length: 1001 }, () => own), Tags: [{ Key: 'a', Value: '' }] },
      ...parameter,
      message: 'At most 1000 resources can be tagged in one request.',
    },
  });
});

describe('a launch template', () => {
  const data = { LaunchTemplateData: { ImageId: own } };
  const unknown = hexId('lt', 9);
  const launch = (LaunchTemplate: object) => ({
    operation: runInstances,
    input: { LaunchTemplate, MinCount: 1, MaxCount: 1 },
  });
  refuses(() => region, {
    'with a name that is taken': {
      ...{ operation: createLaunchTemplate, input: { LaunchTemplateName: 'web', ...data } },
      ...{
        code: 'InvalidLaunchTemplateName.AlreadyExistsException',
        message: 'Launch template name already in use.',
      },
    },
    'with a name that is none': {
      ...{ operation: createLaunchTemplate, input: { LaunchTemplateName: 'a b', ...data } },
      code: 'InvalidLaunchTemplateName.MalformedException',
      message:
        'The specified launch template name is invalid. A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.',
    },
    'that nobody has, by id': {
      ...{ operation: deleteLaunchTemplate, input: { LaunchTemplateId: unknown } },
      code: 'InvalidLaunchTemplateId.NotFound',
      message: `The specified launch template, with template ID ${unknown}, does not exist.`,
    },
    'that nobody has, by name': {
      ...launch({ LaunchTemplateName: 'api' }),
      code: 'InvalidLaunchTemplateName.NotFoundException',
      message: 'The specified launch template, with template name api, does not exist.',
    },
    'by an id of another form': {
      ...launch({ LaunchTemplateId: 'web' }),
      ...{ code: 'InvalidLaunchTemplateId.Malformed', message: 'Invalid id: "web" (expecting "lt-...")' },
    },
    'by both': {
      ...{ ...launch({ LaunchTemplateId: unknown, LaunchTemplateName: 'web' }) },
      code: 'InvalidParameterCombination',
      message: 'You must specify either the launch template ID or the launch template name, but not both.',
    },
    'in a version of another form': {
      ...{
        operation: describeLaunchTemplateVersions,
        input: { LaunchTemplateName: 'web', Versions: ['new'] },
      },
      ...parameter,
      message: "Invalid launch template version: 'new'. Specify $Latest, $Default or a version number.",
    },
  });

  refuses(() => region, {
    'in a version there is none of': {
      ...launch({ LaunchTemplateName: 'web', Version: '7' }),
      code: 'InvalidLaunchTemplateId.VersionNotFound',
      get message() {
        return `Could not find the specified version 7 for the launch template with ID ${templateId}.`;
      },
    },
  });
});

describe('the name of an image', () => {
  const launch = (ImageId: string) => ({
    operation: runInstances,
    input: { ImageId, MinCount: 1, MaxCount: 1 },
    ...parameter,
  });
  refuses(() => region, {
    'that stands for nothing': {
      ...launch('resolve:ssm:/no/such'),
      message:
        "Invalid value 'resolve:ssm:/no/such' for ImageId. The Systems Manager parameter '/no/such' does not exist.",
    },
    'in a version there is none of': {
      ...launch('resolve:ssm:/not/an/image:9'),
      message:
        "Invalid value 'resolve:ssm:/not/an/image:9' for ImageId. The Systems Manager parameter has no such version.",
    },
    'that stands for something else': {
      ...launch('resolve:ssm:/not/an/image'),
      message:
        "Invalid value 'resolve:ssm:/not/an/image' for ImageId. The Systems Manager parameter does not hold the ID of an image.",
    },
  });
});
