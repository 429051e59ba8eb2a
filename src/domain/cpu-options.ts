/** How many of its type's processors an instance has. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-optimize-cpu.html */
import { invalidParameterValue, missingParameter, unsupportedOperation } from './errors.ts';
import type { InstanceType } from './instance-types.ts';

export interface CpuOptions {
  coreCount: number;
  threadsPerCore: number;
}

export interface CpuOptionsRequest {
  CoreCount?: number;
  ThreadsPerCore?: number;
}

export function defaultCpuOptions({ vcpus, threadsPerCore }: InstanceType): CpuOptions {
  return { coreCount: vcpus / threadsPerCore, threadsPerCore };
}

/** AWS hands out cores with two threads in pairs, and lets nobody choose on Xen. */
export function validCores(type: InstanceType): number[] {
  const { coreCount, threadsPerCore } = defaultCpuOptions(type);
  if (type.hypervisor === 'xen' || coreCount === 1) return [coreCount];
  const step = threadsPerCore === 2 ? 2 : 1;
  return Array.from({ length: coreCount / step }, (_, index) => (index + 1) * step);
}

export function validThreadsPerCore(type: InstanceType): number[] {
  return type.threadsPerCore === 2 ? [1, 2] : [1];
}

/** Undefined where nothing is asked for. @throws MissingParameter, InvalidParameterValue, UnsupportedOperation */
export function settleCpuOptions(
  type: InstanceType,
  { CoreCount: cores, ThreadsPerCore: threads, ...rest }: CpuOptionsRequest,
): CpuOptions | undefined {
  for (const [name, value] of Object.entries(rest))
    if (value && value !== 'disabled')
      throw unsupportedOperation(`The parameter CpuOptions.${name} is not supported.`);
  if (cores === undefined && threads === undefined) return undefined;
  if (cores === undefined) throw missingParameter('CpuOptions.CoreCount');
  if (threads === undefined) throw missingParameter('CpuOptions.ThreadsPerCore');
  check('CoreCount', cores, validCores(type), type);
  check('ThreadsPerCore', threads, validThreadsPerCore(type), type);
  return { coreCount: cores, threadsPerCore: threads };
}

/** [R] text */
function check(name: string, value: number, valid: readonly number[], type: InstanceType): void {
  if (!valid.includes(value))
    throw invalidParameterValue(
      `Value (${value}) for parameter CpuOptions.${name} is invalid. Valid values for the instance type '${type.name}': ${valid.join(', ')}.`,
    );
}
