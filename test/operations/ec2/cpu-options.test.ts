import type { DescribeInstancesResult } from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from 'vitest';
import { validCores } from '../../../src/domain/cpu-options.ts';
import { instanceType } from '../../../src/domain/instance-types.ts';
import { describeInstances } from '../../../src/operations/ec2/describe-instances.ts';
import { modifyInstanceAttribute } from '../../../src/operations/ec2/modify-instance-attribute.ts';
import { modifyInstanceCpuOptions } from '../../../src/operations/ec2/modify-instance-cpu-options.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { type TestRegion, testRegion } from '../region.ts';
import { change, imageId, instanceIn, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

const shown = async (id: string) => {
  const { Reservations } = await region.call<DescribeInstancesResult>(describeInstances, {
    InstanceIds: [id],
  });
  return Reservations![0]!.Instances![0]!.CpuOptions;
};
const wanted = (CoreCount?: number, ThreadsPerCore?: number) => ({
  InstanceType: 'm5.2xlarge',
  CpuOptions: { CoreCount, ThreadsPerCore },
});

test('an instance has the cores and threads it was launched with, or all of its type', async () => {
  expect(await shown(await instanceIn(region, 'running', wanted(2, 1)))).toEqual({
    ...{ CoreCount: 2, ThreadsPerCore: 1 },
  });
  expect(await shown(await instanceIn(region, 'running', { InstanceType: 'm5.2xlarge' }))).toEqual({
    ...{ CoreCount: 4, ThreadsPerCore: 2 },
  });
});

test('what a type does not have is refused', async () => {
  const launch = { ImageId: imageId, MinCount: 1, MaxCount: 1 };
  for (const [cores, threads] of [
    [3, 1],
    [8, 1],
    [0, 1],
    [2, 3],
  ])
    await refusal(
      region,
      runInstances,
      { ...launch, ...wanted(cores, threads) },
      { code: 'InvalidParameterValue', message: expect.stringContaining("'m5.2xlarge': ") },
    );
  await refusal(region, runInstances, { ...launch, ...wanted(2) }, { code: 'MissingParameter' });
  await refusal(
    region,
    runInstances,
    { ...launch, CpuOptions: { AmdSevSnp: 'enabled' } },
    { code: 'UnsupportedOperation', message: 'The parameter CpuOptions.AmdSevSnp is not supported.' },
  );
  const cores = (name: string) => validCores(instanceType(name)!);
  expect([cores('t2.medium'), cores('t3.micro'), cores('m5.4xlarge'), cores('m6g.xlarge')]).toEqual([
    [2],
    [1],
    [2, 4, 6, 8],
    [1, 2, 3, 4],
  ]);
});

test('a stopped instance gets other ones, and those of its type when that changes', async () => {
  const id = await instanceIn(region, 'running', wanted());
  const input = { InstanceId: id, CoreCount: 2, ThreadsPerCore: 2 };
  await refusal(region, modifyInstanceCpuOptions, input, { code: 'IncorrectInstanceState' });
  await change(region, id, { state: 'stopped' });
  expect(await region.call(modifyInstanceCpuOptions, input)).toEqual(input);
  expect(await shown(id)).toEqual({ CoreCount: 2, ThreadsPerCore: 2 });
  await region.call(modifyInstanceAttribute, { InstanceId: id, InstanceType: { Value: 'm5.xlarge' } });
  expect(await shown(id)).toEqual({ CoreCount: 2, ThreadsPerCore: 2 });
  await region.call(modifyInstanceAttribute, { InstanceId: id, InstanceType: { Value: 'm5.4xlarge' } });
  expect(await shown(id)).toEqual({ CoreCount: 8, ThreadsPerCore: 2 });
});
