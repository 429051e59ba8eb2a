/**
 * CPU credits of burstable instances. Nothing slows a guest down here, so that each has what `unlimited` promises; which
 * of the two it was to have is remembered and shown.
 */
import { ApiError } from './errors.ts';
import type { Instance } from './instance.ts';
import { type InstanceType, instanceType } from './instance-types.ts';
import { oneOf } from './one-of.ts';

export type CpuCredits = 'standard' | 'unlimited';

/** @throws InvalidParameterValue */
export function parseCpuCredits(value: string | undefined): CpuCredits | undefined {
  return oneOf('CpuCredits', value, ['standard', 'unlimited']);
}

/** What an instance has; undefined for one of a type without credits. AWS gives unlimited to all such types but T2. */
export function cpuCreditsOf(
  instance: Pick<Instance, 'instanceType' | 'cpuCredits'>,
): CpuCredits | undefined {
  const type = instanceType(instance.instanceType);
  if (!type?.burstable) return undefined;
  return instance.cpuCredits ?? (type.name.startsWith('t2.') ? 'standard' : 'unlimited');
}

/** @throws InvalidParameterCombination for a type without credits */
export function checkCpuCredits(type: InstanceType, asked: CpuCredits | undefined): void {
  if (asked !== undefined && !type.burstable)
    throw new ApiError('InvalidParameterCombination', notSupported(type.name));
}

/** [R] text */
export const notSupported = (type: string) => `The instance type '${type}' does not support CPU credits.`;
