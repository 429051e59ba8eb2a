import type { OperatingSystem } from '../domain/disk-facts.ts';
import type { Architecture } from '../domain/image.ts';
import type { Files } from './files.ts';
import { elfArchitecture, headerSize, kernelArchitecture } from './machine-code.ts';
import { parseOsRelease, parseReleaseLine } from './os-release.ts';

export interface SystemFound {
  system?: OperatingSystem;
  /** Every architecture that its first program and its kernels are for. */
  architectures: Architecture[];
}

const longestRelease = 16_384;
const programs = ['/sbin/init', '/usr/lib/systemd/systemd', '/bin/busybox', '/bin/sh'];
const mostKernels = 2;

/** What a Linux root or `/boot` file system says of itself. @throws Unreadable */
export async function inspectLinux(files: Files): Promise<SystemFound> {
  const named = await systemOf(files);
  const program = await programArchitecture(files);
  const kernels = await kernelArchitectures(files);
  const unnamed: OperatingSystem | undefined = program && { family: 'linux', name: 'Linux' };
  const system = named ?? unnamed;
  return { ...(system && { system }), architectures: [...(program ? [program] : []), ...kernels] };
}

async function systemOf(files: Files): Promise<OperatingSystem | undefined> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const system = parseOsRelease((await files.read(path, longestRelease))?.toString('utf8') ?? '');
    if (system) return system;
  }
  return parseReleaseLine((await files.read('/etc/redhat-release', 256))?.toString('utf8') ?? '');
}

async function programArchitecture(files: Files): Promise<Architecture | undefined> {
  for (const path of programs) {
    const architecture = elfArchitecture((await files.read(path, headerSize)) ?? Buffer.alloc(0));
    if (architecture) return architecture;
  }
  return undefined;
}

async function kernelArchitectures(files: Files): Promise<Architecture[]> {
  const found: Architecture[] = [];
  for (const folder of ['/boot', '/']) {
    const names = (await files.list(folder)).filter(name => /^vmlinu[xz]/.test(name)).sort();
    for (const name of names.slice(-mostKernels)) {
      const header = await files.read(`${folder}/${name}`, headerSize);
      const architecture = kernelArchitecture(header ?? Buffer.alloc(0));
      if (architecture) found.push(architecture);
    }
    if (found.length > 0) break;
  }
  return found;
}
