/** Which instances can be hibernated, and what of one that is cannot be changed. */
import type { EbsBlockDevice } from './block-device-mapping.ts';
import { ApiError } from './errors.ts';
import type { StateReason } from './image.ts';
import type { Instance } from './instance.ts';
import { firmwareOn } from './instance-fit.ts';
import type { InstanceType } from './instance-types.ts';

const mostMemoryMiB = 150 * 1024;

export const hibernateReason: StateReason = {
  code: 'Client.UserInitiatedHibernate',
  message: 'Client.UserInitiatedHibernate: User initiated hibernate',
};

const unsupported = (message: string) => new ApiError('UnsupportedHibernationConfiguration', message);

export const hibernationNotConfigured = (id: string) =>
  unsupported(
    `The instance can't be hibernated because it was not configured at launch for hibernation: ${id}`,
  );

/** [R] text */
export const hibernated = (id: string) =>
  new ApiError(
    'IncorrectInstanceState',
    `The instance '${id}' is hibernated: start it, and stop it without hibernation, before its type, its volumes or its network interfaces are changed.`,
  );

/** Whether an instance of that type can be told to hibernate at all. */
export function supportsHibernation(type: InstanceType): boolean {
  return type.hibernation && type.memoryMiB < mostMemoryMiB;
}

/**
 * Refuses a launch that is to be configured for hibernation and cannot be.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hibernating-prerequisites.html
 * @throws UnsupportedHibernationConfiguration naming what is missing; the first text is AWS's, the others are [R]
 */
export function checkHibernation(
  type: InstanceType,
  image: Pick<Instance, 'bootMode'>,
  root: Pick<EbsBlockDevice, 'encrypted' | 'volumeSize'> | undefined,
): void {
  if (!root?.encrypted) throw unsupported('For hibernation, the root device volume must be encrypted.');
  if (!type.hibernation)
    throw unsupported(`For hibernation, the instance type '${type.name}' is not supported.`);
  if (type.memoryMiB >= mostMemoryMiB)
    throw unsupported(`For hibernation, the memory of '${type.name}' must be less than 150 GiB.`);
  if (root.volumeSize * 1024 < type.memoryMiB)
    throw unsupported(
      `For hibernation, the root device volume must have room for the memory: ${root.volumeSize} GiB is less than the ${type.memoryMiB} MiB of '${type.name}'.`,
    );
  if (firmwareOn(image.bootMode, type) === 'uefi')
    throw unsupported('For hibernation, the AMI must not boot in UEFI mode.');
}
