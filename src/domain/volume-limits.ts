import type { VolumeType } from './block-device-mapping.ts';
import { ApiError, invalidParameterCombination, invalidParameterValue, missingParameter } from './errors.ts';

/** What a type of volume allows (spec C.10): GiB, IOPS and MiB/s, each from–to. */
interface Limits {
  size: [number, number];
  iops?: { range: [number, number]; perGiB: number; usual?: number };
  throughput?: { range: [number, number]; usual: number };
  boots: boolean;
}

const limits: Readonly<Record<VolumeType, Limits>> = {
  standard: { size: [1, 1024], boots: true },
  gp2: { size: [1, 16_384], boots: true },
  gp3: {
    size: [1, 65_536],
    iops: { range: [3000, 80_000], perGiB: 500, usual: 3000 },
    throughput: { range: [125, 2000], usual: 125 },
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
 * @throws InvalidParameterValue, InvalidParameterCombination, MissingParameter
 */
export function settleVolumeShape(shape: VolumeShape): VolumeShape {
  const { volumeType, volumeSize } = shape;
  const { size, iops, throughput } = limits[volumeType];
  checkRange(volumeSize, size, `Volume of ${volumeSize}GiB`, `for volume type ${volumeType}`, 'GiB');
  const settled: VolumeShape = { volumeSize, volumeType };

  if (!iops && shape.iops !== undefined) throw notSupported('iops', volumeType);
  if (iops) {
    const value = shape.iops ?? iops.usual;
    if (value === undefined) throw missingParameter('iops');
    checkRange(value, iops.range, `Volume iops of ${value}`, `for volume type ${volumeType}`);
    if (value !== iops.usual && value > volumeSize * iops.perGiB)
      throw invalidParameterValue(
        `Iops to volume size ratio of ${(value / volumeSize).toFixed(6)} is too high; maximum is ${iops.perGiB}`,
      );
    settled.iops = value;
  }

  if (!throughput && shape.throughput !== undefined) throw notSupported('throughput', volumeType);
  if (throughput) {
    settled.throughput = shape.throughput ?? throughput.usual;
    const { range } = throughput;
    checkRange(settled.throughput, range, `Throughput of ${settled.throughput}MiB/s`, `for ${volumeType}`);
  }
  return settled;
}

const notSupported = (parameter: string, type: VolumeType) =>
  invalidParameterCombination(`The parameter ${parameter} is not supported for ${type} volumes.`);

function checkRange(value: number, [least, most]: [number, number], what: string, where: string, unit = '') {
  if (!Number.isInteger(value)) throw invalidParameterValue(`${what} is not a whole number.`);
  if (value < least)
    throw invalidParameterValue(`${what} is too small ${where}; minimum is ${least}${unit}.`);
  if (value > most) throw invalidParameterValue(`${what} is too large ${where}; maximum is ${most}${unit}.`);
}
