import type { InstanceStatusSummary } from '@aws-sdk/client-ec2';
import { invalidParameterValue } from '../../domain/errors.ts';
import { matcher } from '../../domain/filters.ts';
import type { Instance } from '../../domain/instance.ts';
import {
  type CheckResult,
  instanceCheck,
  instanceStatusFilters,
  systemCheck,
} from '../../domain/instance-status.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { page } from '../../domain/pages.ts';
import { askedInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentState } from './present/instance.ts';
import { idList } from './request.ts';

const mostIds = 100;

/**
 * Running instances alone, unless IncludeAllInstances asks for the others too.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html
 */
export const describeInstanceStatus = operation('DescribeInstanceStatus', async (input, context) => {
  const ids = idList('i', input.InstanceIds);
  if (ids.length > mostIds)
    throw invalidParameterValue(`At most ${mostIds} instance ids can be described in one call.`);
  const matches = matcher(input.Filters, instanceStatusFilters);
  const instances = (await askedInstances(context, ids, input.IncludeAllInstances ? undefined : ['running']))
    .filter(instance => input.IncludeAllInstances || instance.state === 'running')
    .filter(matches)
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  const { items, NextToken } = page(instances, instance => instance.instanceId, {
    ...input,
    action: 'DescribeInstanceStatus',
    least: 5,
    most: 1000,
    ids: { given: ids.length > 0, set: 'instancesSet' },
  });
  return { InstanceStatuses: items.map(presentStatus), NextToken };
});

function presentStatus(instance: Instance) {
  const system = systemCheck(instance);
  return {
    InstanceId: instance.instanceId,
    AvailabilityZone: instance.availabilityZone,
    AvailabilityZoneId: zoneId(instance.availabilityZone),
    InstanceState: presentState(instance.state),
    InstanceStatus: presentCheck(instanceCheck(instance), instance.healthSince),
    SystemStatus: presentCheck(system, instance.healthSince),
    AttachedEbsStatus: presentCheck(system, instance.healthSince),
    Events: [],
  };
}

function presentCheck({ status, reachability }: CheckResult, since: string): InstanceStatusSummary {
  return {
    Status: status,
    Details: reachability && [
      {
        Name: 'reachability',
        Status: reachability,
        ...(reachability === 'failed' && { ImpairedSince: new Date(since) }),
      },
    ],
  };
}
