import type * as sdk from '@aws-sdk/client-ec2';
import { cpuCreditsOf, notSupported, parseCpuCredits } from '../../domain/cpu-credits.ts';
import { ApiError } from '../../domain/errors.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/**
 * Each instance by itself: what cannot be changed is told beside what was.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceCreditSpecification.html
 */
export const modifyInstanceCreditSpecification = operation(
  'ModifyInstanceCreditSpecification',
  async (input, context) => {
    const asked = required(input.InstanceCreditSpecifications, 'InstanceCreditSpecification');
    return context.records.transaction(async records => {
      const done: sdk.SuccessfulInstanceCreditSpecificationItem[] = [];
      const failed: sdk.UnsuccessfulInstanceCreditSpecificationItem[] = [];
      for (const one of asked) {
        const refusal = await change(records, context, one);
        const { InstanceId } = one;
        if (refusal) failed.push({ InstanceId, Error: presentError(refusal) });
        else done.push({ InstanceId });
      }
      return {
        SuccessfulInstanceCreditSpecifications: done,
        UnsuccessfulInstanceCreditSpecifications: failed,
      };
    });
  },
);

/** Why it could not be; undefined when it was. */
async function change(
  records: RegionWriter,
  context: Context,
  { InstanceId, CpuCredits }: sdk.InstanceCreditSpecificationRequest,
): Promise<ApiError | undefined> {
  const cpuCredits = parseCpuCredits(required(CpuCredits, 'InstanceCreditSpecification.CpuCredits'));
  try {
    const ids = idList('i', [required(InstanceId, 'InstanceCreditSpecification.InstanceId')]);
    const [instance] = await findInstances(records, context, ids);
    if (cpuCreditsOf(instance!) === undefined)
      return new ApiError('InstanceCreditSpecification.NotSupported', notSupported(instance!.instanceType));
    await records.instances.put({ ...instance!, cpuCredits });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.code.startsWith('InvalidInstanceID.')) return error;
    throw error;
  }
}

function presentError({ code, message }: ApiError): sdk.UnsuccessfulInstanceCreditSpecificationItemError {
  return { Code: code as sdk.UnsuccessfulInstanceCreditSpecificationErrorCode, Message: message };
}
