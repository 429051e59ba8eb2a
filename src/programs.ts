import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The tools a server runs, by full path: /usr/sbin is not in every user's PATH. */
const packages = {
  qemuSystem: ['qemu-system-x86_64', 'qemu-system-x86'],
  qemuStorageDaemon: ['qemu-storage-daemon', 'qemu-system-common'],
  qemuImg: ['qemu-img', 'qemu-utils'],
  qemuNbd: ['qemu-nbd', 'qemu-utils'],
} as const;

export type Programs = { readonly [Name in keyof typeof packages]: string };

const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A tool is not installed; the message says which Debian package has it. */
export class MissingProgram extends Error {
  override name = 'MissingProgram';
}

/** @throws MissingProgram */
export function findPrograms(): Programs {
  return Object.fromEntries(
    Object.entries(packages).map(([name, [program, debian]]) => {
      const path = findProgram(program);
      if (!path)
        throw new MissingProgram(`${program} is not installed: run "apt-get install ${debian}" as root.`);
      return [name, path];
    }),
  ) as Programs;
}

/** The full path of a program; undefined when it is nowhere. */
export function findProgram(name: string): string | undefined {
  return folders.map(folder => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
