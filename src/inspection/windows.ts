import type { OperatingSystem } from '../domain/disk-facts.ts';
import { Unreadable } from './byte-source.ts';
import type { SystemFound } from './linux.ts';
import { headerSize, peArchitecture } from './machine-code.ts';
import type { NtfsFiles } from './ntfs.ts';
import { printable } from './os-release.ts';
import { readRegistryKey } from './registry.ts';

export const windowsSystem: OperatingSystem = { family: 'windows', name: 'Windows' };

const bootManagers = ['bootmgr', 'ntldr'];
const registry = '/Windows/System32/config/SOFTWARE';
const currentVersion = ['Microsoft', 'Windows NT', 'CurrentVersion'];
/** From this build on it is Windows 11, whose registry still calls it 10. */
const firstWindows11 = 22_000;

/** What a Windows volume, or the small one it boots from, says of itself. @throws Unreadable */
export async function inspectWindows(files: NtfsFiles): Promise<SystemFound> {
  const kernel = await files.read('/Windows/System32/ntoskrnl.exe', headerSize);
  const names = (await files.list('/')).map(name => name.toLowerCase());
  const architecture = kernel && peArchitecture(kernel);
  const isWindows = kernel !== undefined || bootManagers.some(name => names.includes(name));
  return {
    ...(isWindows && { system: await namedSystem(files) }),
    architectures: architecture ? [architecture] : [],
  };
}

/** A registry that cannot be read, as one that Windows left open may be, hides the version and no more. */
async function namedSystem(files: NtfsFiles): Promise<OperatingSystem> {
  try {
    const file = await files.open(registry);
    const values = file && (await readRegistryKey(file, currentVersion));
    const version = printable(values?.get('CurrentBuildNumber') ?? '');
    const name = productName(printable(values?.get('ProductName') ?? ''), Number(version));
    return { family: 'windows', name: name || 'Windows', ...(version && { version }) };
  } catch (error) {
    if (error instanceof Unreadable) return windowsSystem;
    throw error;
  }
}

function productName(name: string, build: number): string {
  return build >= firstWindows11 ? name.replace(/^Windows 10\b/, 'Windows 11') : name;
}
