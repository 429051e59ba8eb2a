import { settleCpuOptions } from '../../domain/cpu-options.ts';
import { hibernated } from '../../domain/hibernation.ts';
import type { Instance } from '../../domain/instance.ts';
import { notStopped } from '../../domain/instance-errors.ts';
import { instanceType } from '../../domain/instance-types.ts';
import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/**
 * Of a stopped instance, which has them from its next start on.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceCpuOptions.html
 */
export const modifyInstanceCpuOptions = operation('ModifyInstanceCpuOptions', async (input, context) => {
  const { InstanceId, DryRun: _, ...options } = input;
  const ids = idList('i', [required(InstanceId, 'InstanceId')]);
  required(options.CoreCount, 'CoreCount');
  return context.records.transaction(async records => {
    const [instance] = (await findInstances(records, context, ids)) as [Instance];
    const { instanceId, state } = instance;
    if (state !== 'stopped') throw notStopped(instanceId);
    if (instance.hibernated) throw hibernated(instanceId);
    const cpuOptions = settleCpuOptions(instanceType(instance.instanceType)!, options)!;
    await records.instances.put({ ...instance, cpuOptions });
    const { coreCount: CoreCount, threadsPerCore: ThreadsPerCore } = cpuOptions;
    return { InstanceId: instanceId, CoreCount, ThreadsPerCore };
  });
});
