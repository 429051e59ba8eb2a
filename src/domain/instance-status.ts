import type { FilterTable } from './filters.ts';
import { type Instance, instanceStateCodes } from './instance.ts';
import { zoneId } from './network-zones.ts';

/** What a status check says, and what its one detail, reachability, does. */
export interface CheckResult {
  status: 'ok' | 'initializing' | 'impaired' | 'not-applicable';
  reachability?: 'passed' | 'initializing' | 'failed';
}

const details = { ok: 'passed', initializing: 'initializing', impaired: 'failed' } as const;

/** The check of the guest: only a running instance has one. */
export function instanceCheck(instance: Instance): CheckResult {
  if (instance.state !== 'running') return { status: 'not-applicable' };
  return { status: instance.health, reachability: details[instance.health] };
}

/** The check of the machine below the guest: while it runs the guest at all, it is well. */
export function systemCheck(instance: Instance): CheckResult {
  if (instance.state !== 'running') return { status: 'not-applicable' };
  const health = instance.health === 'impaired' ? 'ok' : instance.health;
  return { status: health, reachability: details[health] };
}

/** Filters about scheduled events and operators: no instance here has either. */
const unanswered = [
  'event.code',
  'event.description',
  'event.instance-event-id',
  'event.not-after',
  'event.not-before',
  'event.not-before-deadline',
  'operator.principal',
];

/** DescribeInstanceStatus' filters. */
export const instanceStatusFilters: FilterTable<Instance> = {
  'attached-ebs-status.status': instance => systemCheck(instance).status,
  'availability-zone': instance => instance.availabilityZone,
  'availability-zone-id': instance => zoneId(instance.availabilityZone),
  'instance-state-code': instance => instanceStateCodes[instance.state],
  'instance-state-name': instance => instance.state,
  'instance-status.reachability': instance => instanceCheck(instance).reachability,
  'instance-status.status': instance => instanceCheck(instance).status,
  'operator.managed': () => false,
  'system-status.reachability': instance => systemCheck(instance).reachability,
  'system-status.status': instance => systemCheck(instance).status,
  ...Object.fromEntries(unanswered.map(name => [name, () => undefined])),
};
