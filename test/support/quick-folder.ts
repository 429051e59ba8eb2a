import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * Where temporary folders go that need no disk: in memory, where there is room. A kill loses nothing that was written, synced or
 * not, and files are damaged there as well as anywhere.
 */
export function quickFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > 2 * 1024 ** 3 ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}
