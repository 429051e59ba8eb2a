import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Extent } from './changed.ts';

/** Where a raw file holds data, as the file system tells: holes and written zeroes are left out. */
export async function dataExtents(file: string): Promise<Extent[]> {
  const { stdout } = await promisify(execFile)('qemu-img', ['map', '--output=json', '-f', 'raw', file], {
    maxBuffer: 2 ** 28,
  });
  const extents = JSON.parse(stdout) as { start: number; length: number; data: boolean; zero: boolean }[];
  return extents
    .filter(({ data, zero }) => data && !zero)
    .map(({ start, length }) => ({ offset: start, length }));
}
