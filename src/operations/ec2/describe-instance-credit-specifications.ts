import { cpuCreditsOf, notSupported } from '../../domain/cpu-credits.ts';
import { unsupportedOperation } from '../../domain/errors.ts';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import type { Instance } from '../../domain/instance.ts';
import { page } from '../../domain/pages.ts';
import { askedInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { idList } from './request.ts';

const filters: FilterTable<Instance> = { 'instance-id': instance => instance.instanceId };

/**
 * Of the named instances, or of all whose credits are unlimited.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html
 */
export const describeInstanceCreditSpecifications = operation(
  'DescribeInstanceCreditSpecifications',
  async (input, context) => {
    const ids = idList('i', input.InstanceIds);
    const matches = matcher(input.Filters, filters);
    const instances = await askedInstances(context, ids);
    const without = instances.find(instance => cpuCreditsOf(instance) === undefined);
    if (ids.length && without) throw unsupportedOperation(notSupported(without.instanceType));
    const shown = instances
      .filter(instance => ids.length > 0 || cpuCreditsOf(instance) === 'unlimited')
      .filter(matches)
      .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
    const { items, NextToken } = page(shown, instance => instance.instanceId, {
      ...input,
      action: 'DescribeInstanceCreditSpecifications',
      least: 5,
      most: 1000,
      ids: { given: ids.length > 0, set: 'instancesSet' },
    });
    return {
      InstanceCreditSpecifications: items.map(instance => ({
        InstanceId: instance.instanceId,
        CpuCredits: cpuCreditsOf(instance),
      })),
      NextToken,
    };
  },
);
