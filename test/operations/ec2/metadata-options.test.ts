import type {
  GetInstanceMetadataDefaultsResult,
  ModifyInstanceMetadataOptionsResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { getInstanceMetadataDefaults } from '../../../src/operations/ec2/get-instance-metadata-defaults.ts';
import { modifyInstanceMetadataDefaults } from '../../../src/operations/ec2/modify-instance-metadata-defaults.ts';
import { modifyInstanceMetadataOptions } from '../../../src/operations/ec2/modify-instance-metadata-options.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { imageId, instanceIn, launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

const setDefaults = (input: object) => region.call(modifyInstanceMetadataDefaults, input);
const launched = async (input: object = {}) => (await launch(region, input))[0]!.MetadataOptions!;
const awsDefaults = {
  State: 'pending',
  HttpTokens: 'optional',
  HttpPutResponseHopLimit: 1,
  HttpEndpoint: 'enabled',
  HttpProtocolIpv6: 'disabled',
  InstanceMetadataTags: 'disabled',
};

describe('ModifyInstanceMetadataOptions', () => {
  let InstanceId: string;
  const modify = (input: object) =>
    region.call<ModifyInstanceMetadataOptionsResult>(modifyInstanceMetadataOptions, {
      InstanceId,
      ...input,
    });
  const refuse = (input: object, code: string, account?: string) =>
    refusal(region, modifyInstanceMetadataOptions, { InstanceId, ...input }, { code }, account);

  beforeEach(async () => {
    InstanceId = await instanceIn(region, 'running');
    region.jobs.length = 0;
  });

  test('changes what is said of a running instance, and has its network follow', async () => {
    expect(await modify({ HttpTokens: 'required', HttpPutResponseHopLimit: 3 })).toEqual({
      InstanceId,
      InstanceMetadataOptions: { ...awsDefaults, HttpTokens: 'required', HttpPutResponseHopLimit: 3 },
    });
    expect(region.jobs).toMatchObject([{ kind: 'apply-vpc' }]);
    const { metadataOptions } = (await region.records.read.instances.get(InstanceId))!;
    expect(metadataOptions).toEqual({
      httpTokens: 'required',
      httpPutResponseHopLimit: 3,
      httpEndpoint: 'enabled',
      instanceMetadataTags: 'disabled',
    });
  });

  test('of a stopped instance is applied when it starts', async () => {
    InstanceId = await instanceIn(region, 'stopped', {});
    await region.records.transaction(async records => {
      for (const one of await records.instances.list())
        await records.instances.put({ ...one, state: 'stopped' });
    });
    region.jobs.length = 0;
    const answer = await modify({ HttpEndpoint: 'disabled' });
    expect(answer.InstanceMetadataOptions).toMatchObject({ State: 'applied', HttpEndpoint: 'disabled' });
    expect(region.jobs).toEqual([]);
  });

  test('refuses what is wrong, and instances that end', async () => {
    await refuse({}, 'InvalidParameterCombination');
    await refuse({ HttpTokens: 'maybe' }, 'InvalidParameterValue');
    await refuse({ HttpPutResponseHopLimit: 0 }, 'InvalidParameterValue');
    await refuse({ HttpPutResponseHopLimit: 65 }, 'InvalidParameterValue');
    await refuse({ HttpProtocolIpv6: 'enabled' }, 'UnsupportedOperation');
    await refuse({ HttpTokens: 'required' }, 'InvalidInstanceID.NotFound', stranger);
    InstanceId = await instanceIn(region, 'shutting-down');
    await refuse({ HttpTokens: 'required' }, 'IncorrectInstanceState');
  });

  test('shows tags only where every key can be a name in the metadata, and keeps it so', async () => {
    await region.call(createTags, { Resources: [InstanceId], Tags: [{ Key: 'a/b', Value: 'x' }] });
    await refuse({ InstanceMetadataTags: 'enabled' }, 'InvalidParameterValue');
    InstanceId = await instanceIn(region, 'running');
    await modify({ InstanceMetadataTags: 'enabled' });
    const input = { Resources: [InstanceId], Tags: [{ Key: 'a/b', Value: 'x' }] };
    await refusal(region, createTags, input, { code: 'InvalidParameterValue' });
  });
});

describe('defaults of the account', () => {
  const shown = async () =>
    (await region.call<GetInstanceMetadataDefaultsResult>(getInstanceMetadataDefaults, {})).AccountLevel;

  test('are nothing until they are chosen', async () => {
    expect(await shown()).toEqual({ ManagedBy: 'account' });
    expect(await launched()).toEqual(awsDefaults);
  });

  test('hold for launches that say nothing, over what the image says', async () => {
    await setDefaults({
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 4,
      InstanceMetadataTags: 'enabled',
    });
    expect(await shown()).toEqual({
      ManagedBy: 'account',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 4,
      InstanceMetadataTags: 'enabled',
    });
    expect(await launched()).toMatchObject({
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 4,
      InstanceMetadataTags: 'enabled',
    });
    expect(await launched({ MetadataOptions: { HttpTokens: 'optional' } })).toMatchObject({
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 4,
    });
    await setDefaults({ HttpTokens: 'optional' });
    await putImage(region, { imdsSupport: 'v2.0' });
    expect(await launched()).toMatchObject({ HttpTokens: 'optional' });
  });

  test('are forgotten one by one', async () => {
    await setDefaults({ HttpTokens: 'required', HttpPutResponseHopLimit: 4, HttpEndpoint: 'disabled' });
    await setDefaults({ HttpTokens: 'no-preference', HttpPutResponseHopLimit: -1 });
    expect(await shown()).toEqual({ ManagedBy: 'account', HttpEndpoint: 'disabled' });
  });

  test('refuse tags the metadata could not show', async () => {
    await setDefaults({ InstanceMetadataTags: 'enabled' });
    const tags = [{ ResourceType: 'instance', Tags: [{ Key: 'a/b', Value: '' }] }];
    const input = { ImageId: imageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 };
    await refusal(
      region,
      runInstances,
      { ...input, TagSpecifications: tags },
      { code: 'InvalidParameterValue' },
    );
  });

  test('can be enforced: no launch without tokens, and no way back to them', async () => {
    await setDefaults({ HttpTokensEnforced: 'enabled' });
    const input = { ImageId: imageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 };
    await refusal(region, runInstances, input, { code: 'UnsupportedOperation' });
    const InstanceId = await instanceIn(region, 'running', { MetadataOptions: { HttpTokens: 'required' } });
    const change = { InstanceId, HttpTokens: 'optional' };
    await refusal(region, modifyInstanceMetadataOptions, change, { code: 'UnsupportedOperation' });
  });

  test.each([
    { HttpTokens: 'x' },
    { HttpPutResponseHopLimit: 65 },
    { HttpPutResponseHopLimit: -2 },
    { HttpEndpoint: 'x' },
    { InstanceMetadataTags: 'x' },
    { HttpTokensEnforced: 'x' },
  ])('refuses %j', async input => {
    await refusal(region, modifyInstanceMetadataDefaults, input, { code: 'InvalidParameterValue' });
  });
});
