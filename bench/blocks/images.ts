import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tools = ['restic', 'borg', 'casync', 'zstd', 'qemu-img', 'nbdkit', 'mmdebstrap'];

export interface Images {
  /** Where the peers and we may write: on the images' file system. */
  folder: string;
  a: string;
  b: string;
  c: string;
  /** A without holes. */
  aDense: string;
}

/** The disks that the stores are compared on; built on first use (three minutes) in AMITY_BENCH_DIR or ~/.cache/amity-bench. */
export function benchImages(): Images {
  const missing = tools.filter(
    tool => !['/usr/bin', '/usr/sbin', '/bin'].some(path => existsSync(join(path, tool))),
  );
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')} are missing: run \`scripts/setup --bench\` first`);
  const folder = process.env.AMITY_BENCH_DIR ?? join(homedir(), '.cache', 'amity-bench');
  execFileSync(fileURLToPath(new URL('./images.sh', import.meta.url)), [folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const path = (name: string) => join(folder, `${name}.raw`);
  return { folder, a: path('A'), b: path('B'), c: path('C'), aDense: path('A.dense') };
}
