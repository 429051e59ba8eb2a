import type {
  DescribeInstanceCreditSpecificationsResult,
  ModifyInstanceCreditSpecificationResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from 'vitest';
import { describeInstanceCreditSpecifications } from '../../../src/operations/ec2/describe-instance-credit-specifications.ts';
import { modifyInstanceCreditSpecification } from '../../../src/operations/ec2/modify-instance-credit-specification.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { imageId, launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

const launched = async (input: object = {}) => (await launch(region, input))[0]!.InstanceId!;
const credits = async (input: object = {}) =>
  (
    await region.call<DescribeInstanceCreditSpecificationsResult>(describeInstanceCreditSpecifications, input)
  ).InstanceCreditSpecifications!.map(({ InstanceId, CpuCredits }) => [InstanceId, CpuCredits]);

test('types have what AWS gives them unless the launch says otherwise', async () => {
  const t2 = await launched({ InstanceType: 't2.micro' });
  const t3 = await launched();
  const standard = await launched({ CreditSpecification: { CpuCredits: 'standard' } });
  expect(await credits({ InstanceIds: [t2, t3, standard] })).toEqual(
    [
      [t2, 'standard'],
      [t3, 'unlimited'],
      [standard, 'standard'],
    ].sort(),
  );
  await launched({ InstanceType: 'm5.large' });
  expect(await credits()).toEqual([[t3, 'unlimited']]);
  expect(await credits({ Filters: [{ Name: 'instance-id', Values: ['i-0'] }] })).toEqual([]);
});

test('types without credits are refused', async () => {
  const InstanceIds = [await launched({ InstanceType: 'm5.large' })];
  const unsupported = { code: 'UnsupportedOperation' };
  await refusal(region, describeInstanceCreditSpecifications, { InstanceIds }, unsupported);
  const input = { ImageId: imageId, InstanceType: 'm5.large', MinCount: 1, MaxCount: 1 };
  const asked = { ...input, CreditSpecification: { CpuCredits: 'unlimited' } };
  await refusal(region, runInstances, asked, { code: 'InvalidParameterCombination' });
  const wrong = { ...input, CreditSpecification: { CpuCredits: 'some' } };
  await refusal(region, runInstances, wrong, { code: 'InvalidParameterValue' });
});

test('each is changed by itself, and told when it cannot be', async () => {
  const t3 = await launched();
  const m5 = await launched({ InstanceType: 'm5.large' });
  const ask = (ids: string[], account?: string) =>
    region.call<ModifyInstanceCreditSpecificationResult>(
      modifyInstanceCreditSpecification,
      {
        InstanceCreditSpecifications: ids.map(InstanceId => ({ InstanceId, CpuCredits: 'standard' })),
      },
      account,
    );
  const answer = await ask([t3, m5, 'i-0123456789abcdef0', 'x']);
  expect(answer.SuccessfulInstanceCreditSpecifications).toEqual([{ InstanceId: t3 }]);
  expect(
    answer.UnsuccessfulInstanceCreditSpecifications!.map(one => [one.InstanceId, one.Error!.Code]),
  ).toEqual([
    [m5, 'InstanceCreditSpecification.NotSupported'],
    ['i-0123456789abcdef0', 'InvalidInstanceID.NotFound'],
    ['x', 'InvalidInstanceID.Malformed'],
  ]);
  expect(await credits({ InstanceIds: [t3] })).toEqual([[t3, 'standard']]);
  expect((await ask([t3], stranger)).SuccessfulInstanceCreditSpecifications).toEqual([]);
});
