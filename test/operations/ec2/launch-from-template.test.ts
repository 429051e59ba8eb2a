import type { CreateLaunchTemplateResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLaunchTemplate } from '../../../src/operations/ec2/create-launch-template.ts';
import { createLaunchTemplateVersion } from '../../../src/operations/ec2/create-launch-template-version.ts';
import { describeLaunchTemplateVersions } from '../../../src/operations/ec2/describe-launch-template-versions.ts';
import { modifyLaunchTemplate } from '../../../src/operations/ec2/modify-launch-template.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { putParameter } from '../../../src/operations/ssm/put-parameter.ts';
import { amazon, stranger, type TestRegion, testRegion } from '../region.ts';
import { imageId, launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

const counts = { MinCount: 1, MaxCount: 1 };
const web = { LaunchTemplateName: 'web' };
const create = async (LaunchTemplateData: object) =>
  (await region.call<CreateLaunchTemplateResult>(createLaunchTemplate, { ...web, LaunchTemplateData }))
    .LaunchTemplate!.LaunchTemplateId!;
/** Launches with nothing but what is said. */
const bare = async (input: object) =>
  (await launch(region, { ImageId: undefined, InstanceType: undefined, ...input }))[0]!;
const volumesOf = async (instanceId: string) =>
  Object.fromEntries(
    (await region.records.read.volumes.list({ instanceId })).map(one => [one.attachment!.device, one.size]),
  );

describe('RunInstances with a launch template', () => {
  test('takes its parameters from the template and tells by tags which that was', async () => {
    const id = await create({
      ...{ ImageId: imageId, InstanceType: 't3.nano', UserData: 'aGk=', DisableApiTermination: true },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: 'b' }] }],
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 3 } }],
    });
    const instance = await bare({ LaunchTemplate: { LaunchTemplateId: id } });
    expect(instance).toMatchObject({
      ...{ ImageId: imageId, InstanceType: 't3.nano' },
      Tags: [
        { Key: 'a', Value: 'b' },
        { Key: 'aws:ec2launchtemplate:id', Value: id },
        { Key: 'aws:ec2launchtemplate:version', Value: '1' },
      ],
    });
    expect(await volumesOf(instance.InstanceId!)).toEqual({ '/dev/sda1': 8, '/dev/sdf': 3 });
    expect(await region.records.read.instances.get(instance.InstanceId!)).toMatchObject({
      ...{ userData: 'aGk=', disableApiTermination: true },
    });
  });

  test('puts the request’s own parameters in the place of the template’s', async () => {
    await create({
      ...{ ImageId: imageId, InstanceType: 't3.nano', DisableApiTermination: true, KeyName: 'nobody’s' },
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: [
            { Key: 'a', Value: 'template' },
            { Key: 'b', Value: 'template' },
          ],
        },
      ],
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 3 } },
        { DeviceName: '/dev/sdg', Ebs: { VolumeSize: 4 } },
      ],
    });
    await refusal(
      region,
      runInstances,
      { ...counts, LaunchTemplate: web },
      { code: 'InvalidKeyPair.NotFound' },
    );
    await region.records.transaction(async records => {
      for (const version of await records.launchTemplateVersions.list())
        await records.launchTemplateVersions.put({
          ...version,
          data: { ...version.data, KeyName: undefined },
        });
    });
    const instance = await bare({
      ...{ LaunchTemplate: web, InstanceType: 't3.micro', DisableApiTermination: false },
      ...{
        ImageId: '',
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: 'own' }] }],
      },
      BlockDeviceMappings: [{ DeviceName: '/dev/sdg', NoDevice: '' }],
    });
    expect(instance).toMatchObject({ ImageId: imageId, InstanceType: 't3.micro' });
    expect(instance.Tags!.filter(tag => !tag.Key!.startsWith('aws:'))).toEqual([
      { Key: 'a', Value: 'own' },
      { Key: 'b', Value: 'template' },
    ]);
    expect(await volumesOf(instance.InstanceId!)).toEqual({ '/dev/sda1': 8, '/dev/sdf': 3 });
    expect(await region.records.read.instances.get(instance.InstanceId!)).toMatchObject({
      disableApiTermination: false,
    });
  });

  test('uses the default version unless another is named', async () => {
    await create({ ImageId: imageId, InstanceType: 't3.nano' });
    const LaunchTemplateData = { InstanceType: 't3.micro' };
    await region.call(createLaunchTemplateVersion, { ...web, LaunchTemplateData, SourceVersion: '1' });
    const typeOf = async (Version?: string) =>
      (await bare({ LaunchTemplate: { ...web, Version } })).InstanceType;
    expect(await typeOf()).toBe('t3.nano');
    expect(await typeOf('$Default')).toBe('t3.nano');
    expect(await typeOf('$Latest')).toBe('t3.micro');
    expect(await typeOf('2')).toBe('t3.micro');
    await region.call(modifyLaunchTemplate, { ...web, DefaultVersion: '2' });
    expect(await typeOf()).toBe('t3.micro');
  });

  test('leaves an instance all fifty tags of its own', async () => {
    await create({ ImageId: imageId, InstanceType: 't3.nano' });
    const Tags = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: 'v' }));
    const tagged = (count: number) => [{ ResourceType: 'instance', Tags: Tags.slice(0, count) }];
    const instance = await bare({ LaunchTemplate: web, TagSpecifications: tagged(50) });
    expect(instance.Tags).toHaveLength(52);
    const input = { ...counts, LaunchTemplate: web, TagSpecifications: tagged(51) };
    await refusal(region, runInstances, input, { code: 'TagLimitExceeded' });
  });

  test('is answered again for its token, whatever became of the template', async () => {
    await create({ ImageId: imageId, InstanceType: 't3.nano' });
    const input = { LaunchTemplate: { ...web, Version: '$Latest' }, ClientToken: 'token' };
    const first = await bare(input);
    await region.call(createLaunchTemplateVersion, { ...web, LaunchTemplateData: { KeyName: 'nobody’s' } });
    expect((await bare(input)).InstanceId).toBe(first.InstanceId);
  });

  test('is refused for a template there is not, or one that says too little or too much', async () => {
    const use = (LaunchTemplate: object) => ({ ...counts, LaunchTemplate });
    const missing = { code: 'InvalidLaunchTemplateName.NotFoundException' };
    await refusal(region, runInstances, use(web), missing);
    await create({ InstanceType: 't3.nano', IamInstanceProfile: { Name: 'admin' } });
    await refusal(region, runInstances, use(web), missing, stranger);
    await refusal(region, runInstances, use({ ...web, Version: '2' }), {
      code: 'InvalidLaunchTemplateId.VersionNotFound',
    });
    await refusal(region, runInstances, use({ ...web, LaunchTemplateId: 'lt-00000000000000000' }), {
      code: 'InvalidParameterCombination',
    });
    await refusal(region, runInstances, use({ Version: '1' }), { code: 'MissingParameter' });
    await refusal(
      region,
      runInstances,
      { ...use(web), ImageId: imageId },
      { code: 'UnsupportedOperation', message: 'The parameter IamInstanceProfile is not supported.' },
    );
    const LaunchTemplateData = { InstanceType: 't3.nano' };
    await region.call(createLaunchTemplateVersion, { ...web, LaunchTemplateData });
    await refusal(region, runInstances, use({ ...web, Version: '$Latest' }), {
      code: 'MissingParameter',
      message: 'The request must contain the parameter ImageId',
    });
  });
});

describe('an image named by a Systems Manager parameter', () => {
  const golden = 'resolve:ssm:/golden';
  const next = 'ami-00000000000000002';
  const put = (Value: string, more: object = { DataType: 'aws:ec2:image' }) =>
    region.call(putParameter, { ...{ Name: '/golden', Value, Type: 'String', Overwrite: true }, ...more });

  test('is the one its latest version names, or the version asked for', async () => {
    await putImage(region, { imageId: next, name: 'next' });
    await put(imageId);
    await put(next);
    expect((await bare({ ImageId: golden })).ImageId).toBe(next);
    expect((await bare({ ImageId: `${golden}:1` })).ImageId).toBe(imageId);
  });

  test('is looked up at each launch from a template', async () => {
    await putImage(region, { imageId: next, name: 'next' });
    await put(imageId);
    await create({ ImageId: golden });
    expect((await bare({ LaunchTemplate: web })).ImageId).toBe(imageId);
    await put(next);
    expect((await bare({ LaunchTemplate: web })).ImageId).toBe(next);
    const shown = (ResolveAlias: boolean) =>
      region.call(describeLaunchTemplateVersions, { ...web, ResolveAlias });
    expect(await shown(false)).toMatchObject({
      LaunchTemplateVersions: [{ LaunchTemplateData: { ImageId: golden } }],
    });
    expect(await shown(true)).toMatchObject({
      LaunchTemplateVersions: [{ LaunchTemplateData: { ImageId: next } }],
    });
  });

  test('may be Amazon’s newest', async () => {
    const published = { ownerId: amazon, launchPermissions: [{ group: 'all' as const }] };
    await putImage(region, { imageId: next, name: 'debian-12', ...published });
    const ImageId = 'resolve:ssm:/aws/service/debian/release/12/latest/amd64';
    expect((await bare({ ImageId })).ImageId).toBe(next);
  });

  test('is refused when there is none, or no image in it', async () => {
    const code = 'InvalidParameterValue';
    await refusal(region, runInstances, { ...counts, ImageId: golden }, { code });
    await put('not an image', {});
    await refusal(region, runInstances, { ...counts, ImageId: golden }, { code });
    await refusal(region, runInstances, { ...counts, ImageId: `${golden}:2` }, { code });
    await refusal(region, runInstances, { ...counts, ImageId: golden }, { code }, stranger);
  });
});
