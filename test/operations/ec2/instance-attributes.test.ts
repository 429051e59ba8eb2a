import type { DescribeInstancesResult, InstanceAttribute } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createSecurityGroup } from '../../../src/operations/ec2/create-security-group.ts';
import { describeInstanceAttribute } from '../../../src/operations/ec2/describe-instance-attribute.ts';
import { describeInstances } from '../../../src/operations/ec2/describe-instances.ts';
import { modifyInstanceAttribute } from '../../../src/operations/ec2/modify-instance-attribute.ts';
import { resetInstanceAttribute } from '../../../src/operations/ec2/reset-instance-attribute.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { change, instanceIn, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
let InstanceId: string;
beforeEach(async () => {
  region = testRegion();
  await putImage(region, { productCodes: ['code1'] });
  InstanceId = await instanceIn(region, 'stopped', {
    UserData: Buffer.from('#!/bin/sh').toString('base64'),
  });
  region.jobs.length = 0;
});

const ask = (Attribute: string) =>
  region.call<InstanceAttribute>(describeInstanceAttribute, { InstanceId, Attribute });
const modify = (input: object) => region.call(modifyInstanceAttribute, { InstanceId, ...input });
const refuse = (input: object, code: string, message?: string) =>
  refusal(region, modifyInstanceAttribute, { InstanceId, ...input }, { code, ...(message && { message }) });
const record = async () => (await region.records.read.instances.get(InstanceId))!;

describe('DescribeInstanceAttribute', () => {
  test.each([
    ['instanceType', { InstanceType: { Value: 't3.micro' } }],
    ['kernel', { KernelId: {} }],
    ['ramdisk', { RamdiskId: {} }],
    ['userData', { UserData: { Value: 'IyEvYmluL3No' } }],
    ['disableApiTermination', { DisableApiTermination: { Value: false } }],
    ['disableApiStop', { DisableApiStop: { Value: false } }],
    ['instanceInitiatedShutdownBehavior', { InstanceInitiatedShutdownBehavior: { Value: 'stop' } }],
    ['rootDeviceName', { RootDeviceName: { Value: '/dev/sda1' } }],
    ['productCodes', { ProductCodes: [{ ProductCodeId: 'code1', ProductCodeType: 'marketplace' }] }],
    ['sourceDestCheck', { SourceDestCheck: { Value: true } }],
    ['ebsOptimized', { EbsOptimized: { Value: false } }],
    ['sriovNetSupport', { SriovNetSupport: {} }],
    ['enaSupport', { EnaSupport: { Value: true } }],
    ['enclaveOptions', { EnclaveOptions: { Enabled: false } }],
  ])('answers %s and nothing beside it', async (attribute, expected) => {
    expect(await ask(attribute)).toEqual({ InstanceId, ...expected });
  });

  test('answers devices and groups as DescribeInstances shows them', async () => {
    const { BlockDeviceMappings } = await ask('blockDeviceMapping');
    const { Groups } = await ask('groupSet');
    const { Reservations } = await region.call<DescribeInstancesResult>(describeInstances, {
      InstanceIds: [InstanceId],
    });
    const [shown] = Reservations![0]!.Instances!;
    expect(BlockDeviceMappings).toHaveLength(1);
    expect(BlockDeviceMappings).toEqual(shown!.BlockDeviceMappings);
    expect(Groups).toEqual(shown!.SecurityGroups);
  });

  test('refuses attributes there are not, and instances of others', async () => {
    const refused = (input: object, code: string, account?: string) =>
      refusal(region, describeInstanceAttribute, { InstanceId, ...input }, { code }, account);
    await refused({ Attribute: 'color' }, 'InvalidParameterValue');
    await refused({ Attribute: 'toString' }, 'InvalidParameterValue');
    await refused({}, 'MissingParameter');
    await refused({ Attribute: 'userData' }, 'InvalidInstanceID.NotFound', stranger);
  });
});

describe('ModifyInstanceAttribute', () => {
  test.each([
    [{ InstanceType: { Value: 'm5.large' } }, { instanceType: 'm5.large' }],
    [{ Attribute: 'instanceType', Value: 'm5.large' }, { instanceType: 'm5.large' }],
    [{ UserData: { Value: Buffer.from([0, 255, 10]) } }, { userData: 'AP8K' }],
    [{ Attribute: 'userData', Value: 'AP8K' }, { userData: 'AP8K' }],
    [{ UserData: { Value: Buffer.alloc(0) } }, { userData: undefined }],
    [{ DisableApiTermination: { Value: true } }, { disableApiTermination: true }],
    [{ Attribute: 'disableApiTermination', Value: 'true' }, { disableApiTermination: true }],
    [{ DisableApiStop: { Value: true } }, { disableApiStop: true }],
    [
      { InstanceInitiatedShutdownBehavior: { Value: 'terminate' } },
      { instanceInitiatedShutdownBehavior: 'terminate' },
    ],
    [
      { Attribute: 'instanceInitiatedShutdownBehavior', Value: 'terminate' },
      { instanceInitiatedShutdownBehavior: 'terminate' },
    ],
    [{ EbsOptimized: { Value: true } }, { ebsOptimized: true }],
    [{ EnaSupport: { Value: true } }, { enaSupport: true }],
    [{ SriovNetSupport: { Value: 'simple' } }, { sriovNetSupport: 'simple' }],
    [{ SourceDestCheck: { Value: true } }, {}],
    [{ EnclaveOptions: { Enabled: false } }, {}],
  ])('changes with %j that alone', async (input, changes) => {
    const before = await record();
    await modify(input);
    expect(await record()).toEqual({ ...before, ...changes });
  });

  test('changes protection and shutdown behaviour also while the instance runs', async () => {
    await change(region, InstanceId, { state: 'running' });
    await modify({ DisableApiTermination: { Value: true } });
    await modify({ DisableApiStop: { Value: true } });
    await modify({ InstanceInitiatedShutdownBehavior: { Value: 'terminate' } });
    expect(await record()).toMatchObject({
      disableApiTermination: true,
      disableApiStop: true,
      instanceInitiatedShutdownBehavior: 'terminate',
    });
  });

  test.each([
    { InstanceType: { Value: 'm5.large' } },
    { UserData: { Value: Buffer.from('x') } },
    { EbsOptimized: { Value: true } },
    { EnaSupport: { Value: true } },
    { SriovNetSupport: { Value: 'simple' } },
    { Kernel: { Value: 'aki-12345678' } },
  ])('refuses %j of an instance that is not stopped', async input => {
    await change(region, InstanceId, { state: 'running' });
    await refuse(
      input,
      'IncorrectInstanceState',
      `The instance '${InstanceId}' is not in the 'stopped' state.`,
    );
  });

  test('refuses a type that does not exist or does not fit', async () => {
    await refuse(
      { InstanceType: { Value: 'm9.huge' } },
      'InvalidInstanceAttributeValue',
      "Invalid value 'm9.huge' for InstanceType.",
    );
    await refuse({ InstanceType: { Value: 't4g.micro' } }, 'InvalidParameterValue');
    await change(region, InstanceId, { enaSupport: false });
    await refuse({ InstanceType: { Value: 'm5.large' } }, 'InvalidParameterCombination');
  });

  test('refuses EBS optimization on a type without it', async () => {
    await modify({ InstanceType: { Value: 't2.micro' } });
    await refuse({ EbsOptimized: { Value: true } }, 'Unsupported');
  });

  test('refuses what is not served by name', async () => {
    await refuse({ EnclaveOptions: { Enabled: true } }, 'UnsupportedOperation');
    await refuse({ Kernel: { Value: 'aki-12345678' } }, 'UnsupportedOperation');
  });

  test('changes one attribute a call', async () => {
    await refuse({}, 'InvalidParameterCombination', 'No attributes specified.');
    await refuse(
      { DisableApiStop: { Value: true }, DisableApiTermination: { Value: true } },
      'InvalidParameterCombination',
    );
    await refuse({ Attribute: 'instanceType' }, 'MissingParameter');
    await refuse({ Attribute: 'rootDeviceName', Value: 'x' }, 'InvalidParameterValue');
    await refuse({ Attribute: 'disableApiStop', Value: 'yes' }, 'InvalidParameterValue');
    await refuse({ Attribute: 'userData', Value: '%%%' }, 'InvalidParameterValue');
    await refuse({ UserData: { Value: Buffer.alloc(16_385) } }, 'InvalidParameterValue');
  });

  describe('of devices', () => {
    const flag = async () =>
      (await region.records.read.volumes.list({ instanceId: InstanceId }))[0]!.attachment!
        .deleteOnTermination;

    test('keeps a volume past its instance, or lets it go with it, which is what nothing said means', async () => {
      await modify({
        BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { DeleteOnTermination: false } }],
      });
      expect(await flag()).toBe(false);
      await modify({ BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: {} }] });
      expect(await flag()).toBe(true);
    });

    test('changes all of them or none', async () => {
      const keep = { DeleteOnTermination: false };
      await refuse(
        {
          BlockDeviceMappings: [
            { DeviceName: '/dev/sda1', Ebs: keep },
            { DeviceName: '/dev/sdf', Ebs: keep },
          ],
        },
        'InvalidInstanceAttributeValue',
        'No device is currently mapped at /dev/sdf',
      );
      expect(await flag()).toBe(true);
      const other = { DeviceName: '/dev/sda1', Ebs: { ...keep, VolumeId: 'vol-0ff' } };
      await refuse({ BlockDeviceMappings: [other] }, 'InvalidInstanceAttributeValue');
      await refuse(
        { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', NoDevice: '' }] },
        'InvalidParameterCombination',
      );
    });
  });

  describe('of groups', () => {
    let groupId: string;
    beforeEach(async () => {
      const made = await region.call<{ GroupId: string }>(createSecurityGroup, {
        GroupName: 'web',
        Description: 'web',
      });
      groupId = made.GroupId;
    });

    test('moves the instance, and has the network of what runs follow', async () => {
      await change(region, InstanceId, { state: 'running' });
      region.jobs.length = 0;
      await modify({ Groups: [groupId, groupId] });
      const [nic] = await region.records.read.networkInterfaces.list({ instanceId: InstanceId });
      const { securityGroupIds, vpcId } = nic!;
      expect(securityGroupIds).toEqual([groupId]);
      expect(region.jobs).toEqual([{ kind: 'apply-vpc', subject: vpcId, input: { vpcId } }]);
    });

    test('refuses unknown groups and terminated instances', async () => {
      await refuse({ Groups: ['sg-0123456789abcdef0'] }, 'InvalidGroup.NotFound');
      await refuse({ Groups: ['x'] }, 'InvalidGroupId.Malformed');
      await change(region, InstanceId, {
        state: 'terminated',
        terminatedTime: region.time.toISOString(),
      });
      await refuse({ Groups: [groupId] }, 'IncorrectInstanceState');
    });
  });
});

describe('ResetInstanceAttribute', () => {
  const reset = (Attribute: string) => region.call(resetInstanceAttribute, { InstanceId, Attribute });

  test('resets what is at its default, kernel and RAM disk of stopped instances only', async () => {
    await reset('kernel');
    await reset('ramdisk');
    await reset('sourceDestCheck');
    await change(region, InstanceId, { state: 'running' });
    await reset('sourceDestCheck');
    await refusal(
      region,
      resetInstanceAttribute,
      { InstanceId, Attribute: 'kernel' },
      { code: 'IncorrectInstanceState' },
    );
  });

  test('refuses the others', async () => {
    await expect(reset('userData')).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  });
});
