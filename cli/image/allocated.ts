import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inPath } from '../in-path.ts';

/** Bytes of a file in a row. */
export interface Range {
  offset: number;
  length: number;
}

interface MapEntry {
  start: number;
  length: number;
  data: boolean;
  zero: boolean;
}

/** A map of many small ranges is long. */
const longestMap = 512 * 1024 ** 2;

/**
 * Where a raw file of `size` bytes is no hole. Node cannot ask the file system, qemu-img can; where it is not, all of the
 * file is taken to hold something.
 */
export async function allocatedRanges(path: string, size: number): Promise<Range[]> {
  const whole = [{ offset: 0, length: size }];
  const qemuImg = await inPath('qemu-img');
  if (!qemuImg) return whole;
  const words = ['map', '--output=json', '-f', 'raw', path];
  const map = await promisify(execFile)(qemuImg, words, { maxBuffer: longestMap }).catch(() => undefined);
  if (!map) return whole;
  return (JSON.parse(map.stdout) as MapEntry[])
    .filter(({ data, zero }) => data && !zero)
    .map(({ start, length }) => ({ offset: start, length }));
}
