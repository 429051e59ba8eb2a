import { ApiError, invalidParameterValue, missingParameter } from './errors.ts';
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
 * @throws MissingParameter, InvalidParameterValue, and what the type's limits throw
 */
export function targetShape(volume: Volume, request: ModificationRequest): VolumeShape {
  const { Size, VolumeType, Iops, Throughput } = request;
  if (Size === undefined && !VolumeType && Iops === undefined && Throughput === undefined)
    throw missingParameter('size, volumeType, iops or throughput');
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

/** [R] text */
export const modificationUnderWay = (id: string) =>
  new ApiError('IncorrectModificationState', `The volume '${id}' is still being modified.`);
export const modificationNotFound = (id: string) =>
  new ApiError('InvalidVolumeModification.NotFound', `Modification for volume '${id}' does not exist.`);
