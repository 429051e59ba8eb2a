import { ApiError, invalidParameterValue } from './errors.ts';
import type { Volume } from './volume.ts';
import { parseVolumeType, settleVolumeShape, type VolumeShape } from './volume-limits.ts';

/** The last change asked of a volume, as the region keeps it with the volume. */
export interface VolumeModification {
  state: 'modifying' | 'completed' | 'failed';
  statusMessage?: string;
  startTime: string;
  endTime?: string;
  original: VolumeShape;
  target: VolumeShape;
}

/** A change as the API receives it. */
export interface ModificationRequest {
  Size?: number;
  VolumeType?: string;
  Iops?: number;
  Throughput?: number;
}

export const shapeOf = ({ size, volumeType, iops, throughput }: Volume): VolumeShape => ({
  volumeSize: size,
  volumeType,
  ...(iops !== undefined && { iops }),
  ...(throughput !== undefined && { throughput }),
});

/** The volume in another shape; performance the shape does not state is not kept. */
export function withShape(volume: Volume, { volumeSize, volumeType, iops, throughput }: VolumeShape): Volume {
  const { iops: _iops, throughput: _throughput, ...rest } = volume;
  return {
    ...rest,
    size: volumeSize,
    volumeType,
    ...(iops !== undefined && { iops }),
    ...(throughput !== undefined && { throughput }),
  };
}

const provisioned = new Set(['io1', 'io2']);

/**
 * What the volume is to become: it grows, or changes its type or performance (spec C.15). Performance that is not
 * asked for stays where the new type has it too, else it is the type's usual one.
 * @throws InvalidParameterValue, and what the type's limits throw
 */
export function targetShape(volume: Volume, request: ModificationRequest): VolumeShape {
  const { Size, VolumeType, Iops, Throughput } = request;
  if (Size === undefined && !VolumeType && Iops === undefined && Throughput === undefined)
    throw invalidParameterValue(
      'Invalid input: Must specify at least one of size, type, iops, throughput or multi-attach.',
    );
  if (Size !== undefined && Size < volume.size)
    throw invalidParameterValue('New size cannot be smaller than existing size');
  const volumeType = VolumeType ? parseVolumeType(VolumeType) : volume.volumeType;
  const isSame = volumeType === volume.volumeType;
  const keepsIops = isSame || (provisioned.has(volumeType) && provisioned.has(volume.volumeType));
  return settleVolumeShape({
    volumeSize: Size ?? volume.size,
    volumeType,
    iops: Iops ?? (keepsIops ? volume.iops : undefined),
    throughput: Throughput ?? (isSame ? volume.throughput : undefined),
  });
}

const mostModifications = 4;
const day = 24 * 3_600_000;

/**
 * The volume's modification times with `now` as the last of them.
 * @throws VolumeModificationRateExceeded for a fifth one in 24 hours
 */
export function nextModificationTimes({ modificationTimes = [] }: Volume, now: Date): string[] {
  const recent = modificationTimes.filter(time => now.getTime() - Date.parse(time) < day);
  if (recent.length >= mostModifications)
    throw modificationRateExceeded(new Date(Date.parse(recent[0]!) + day));
  return [...recent, now.toISOString()];
}

export const modificationUnderWay = (id: string) =>
  new ApiError(
    'IncorrectModificationState',
    `Volume ${id} cannot be modified in modification state MODIFYING`,
  );
/** [R] the second sentence: it said "Wait at least 6 hours" while AWS allowed one in six hours. */
const modificationRateExceeded = (until: Date) =>
  new ApiError(
    'VolumeModificationRateExceeded',
    `You've reached the maximum modification rate per volume limit. Wait until ${until.toISOString()} before you can issue the next modification request for this volume.`,
  );
export const modificationNotFound = (id: string) =>
  new ApiError('InvalidVolumeModification.NotFound', `Modification for volume '${id}' does not exist.`);
