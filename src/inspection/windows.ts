import type { OperatingSystem } from '../domain/disk-facts.ts';
import type { Files } from './files.ts';
import type { SystemFound } from './linux.ts';
import { headerSize, peArchitecture } from './machine-code.ts';

export const windowsSystem: OperatingSystem = { family: 'windows', name: 'Windows' };

const bootManagers = ['bootmgr', 'ntldr'];

/** What a Windows volume, or the small one it boots from, says of itself. @throws Unreadable */
export async function inspectWindows(files: Files): Promise<SystemFound> {
  const kernel = await files.read('/Windows/System32/ntoskrnl.exe', headerSize);
  const names = (await files.list('/')).map(name => name.toLowerCase());
  const architecture = kernel && peArchitecture(kernel);
  const isWindows = kernel !== undefined || bootManagers.some(name => names.includes(name));
  return {
    ...(isWindows && { system: windowsSystem }),
    architectures: architecture ? [architecture] : [],
  };
}
