import type { VolumeType } from './block-device-mapping.ts';
import { ApiError, invalidParameterCombination, invalidParameterValue } from './errors.ts';

/** What a type of volume allows (spec C.10): GiB, IOPS and MiB/s, each from–to. */
interface Limits {
  size: [number, number];
  iops?: { range: [number, number]; perGiB: number; usual?: number };
  throughput?: { range: [number, number]; perIops: number; usual: number };
  boots: boolean;
}

const limits: Readonly<Record<VolumeType, Limits>> = {
  standard: { size: [1, 1024], boots: true },
  gp2: { size: [1, 16_384], boots: true },
  gp3: {
    size: [1, 65_536],
    iops: { range: [3000, 80_000], perGiB: 500, usual: 3000 },
    throughput: { range: [125, 2000], perIops: 0.25, usual: 125 },
    boots: true,
  },
  io1: { size: [4, 16_384], iops: { range: [100, 64_000], perGiB: 50 }, boots: true },
  io2: { size: [4, 65_536], iops: { range: [100, 256_000], perGiB: 1000 }, boots: true },
  st1: { size: [125, 16_384], boots: false },
  sc1: { size: [125, 16_384], boots: false },
};

export interface VolumeShape {
  volumeSize: number;
  volumeType: VolumeType;
  iops?: number;
  throughput?: number;
}

/** @throws UnknownVolumeType */
export function parseVolumeType(type: string): VolumeType {
  if (!Object.hasOwn(limits, type))
    throw new ApiError('UnknownVolumeType', `Unsupported volume type '${type}' for volume creation.`);
  return type as VolumeType;
}

/** @throws InvalidParameterValue for st1 and sc1, which no instance starts from. */
export function checkBootType(type: VolumeType): void {
  if (!limits[type].boots)
    throw invalidParameterValue(
      `The ${type} volume type cannot be used for boot volumes. Please use a supported boot volume type: standard,io1,gp2.`,
    );
}

/**
 * Fills in the type's usual IOPS and throughput and checks everything against its limits.
 * @throws InvalidParameterValue, InvalidParameterCombination
 */
export function settleVolumeShape(shape: VolumeShape): VolumeShape {
  const { volumeType, volumeSize } = shape;
  const { size, iops, throughput } = limits[volumeType];
  checkSize(volumeSize, size, volumeType);
  const settled: VolumeShape = { volumeSize, volumeType };

  if (!iops && shape.iops !== undefined)
    throw invalidParameterCombination(`The parameter iops is not supported for ${volumeType} volumes.`);
  if (iops) {
    const value = shape.iops ?? iops.usual;
    if (value === undefined)
      throw invalidParameterCombination(`The parameter iops must be specified for ${volumeType} volumes.`);
    checkRange(value, iops.range, 'iops');
    if (value !== iops.usual && value > volumeSize * iops.perGiB)
      throw invalidParameterValue(
        `Iops to volume size ratio of ${(value / volumeSize).toFixed(6)} is too high; maximum is ${iops.perGiB}`,
      );
    settled.iops = value;
  }

  if (!throughput && shape.throughput !== undefined)
    throw invalidParameterCombination(`The throughput parameter is not supported for ${volumeType} volumes.`);
  if (throughput) {
    settled.throughput = shape.throughput ?? throughput.usual;
    checkRange(settled.throughput, throughput.range, 'throughput');
    const perIops = settled.throughput / settled.iops!;
    if (perIops > throughput.perIops)
      throw invalidParameterValue(
        `Throughput (MiBps) to iops ratio of ${perIops.toFixed(6)} is too high; maximum is ${throughput.perIops.toFixed(6)} MiBps per iops`,
      );
  }
  return settled;
}

function checkSize(size: number, [least, most]: [number, number], type: VolumeType): void {
  checkWhole(size, 'size');
  if (size < least)
    throw invalidParameterValue(
      `The volume size is invalid for ${type} volumes: ${size} GiB. ${type} volumes must be at least ${least} GiB in size. Please specify a volume size above the minimum limit.`,
    );
  if (size > most)
    throw invalidParameterValue(
      `Volume of ${size}GiB is too large for volume type ${type}; maximum is ${most}GiB`,
    );
}

function checkRange(value: number, [least, most]: [number, number], what: 'iops' | 'throughput'): void {
  checkWhole(value, what);
  if (value < least)
    throw invalidParameterValue(`Volume ${what} of ${value} is too low; minimum is ${least}.`);
  if (value > most)
    throw invalidParameterValue(`Volume ${what} of ${value} is too high; maximum is ${most}.`);
}

function checkWhole(value: number, what: string): void {
  if (!Number.isInteger(value))
    throw invalidParameterValue(`Volume ${what} of ${value} is not a whole number.`);
}
