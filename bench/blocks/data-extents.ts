import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Indexes of the blocks of a raw file that hold data, as the file system tells; holes and written zeroes are left out. */
export async function dataBlocks(file: string, blockSize: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('qemu-img', ['map', '--output=json', '-f', 'raw', file], {
    maxBuffer: 2 ** 28,
  });
  const extents = JSON.parse(stdout) as { start: number; length: number; data: boolean; zero: boolean }[];
  const indexes = new Set<number>();
  for (const { start, length, data, zero } of extents)
    if (data && !zero)
      for (let index = Math.floor(start / blockSize); index * blockSize < start + length; index++)
        indexes.add(index);
  return [...indexes].sort((a, b) => a - b);
}
