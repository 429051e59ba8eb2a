import type { OperatingSystem } from '../domain/disk-facts.ts';
import type { Architecture } from '../domain/image.ts';
import type { Files } from './files.ts';
import { headerSize, peArchitecture } from './machine-code.ts';
import { windowsSystem } from './windows.ts';

/** Where firmware that was told nothing looks (https://uefi.org/specs/UEFI/2.10/03_Boot_Manager.html, 3.5.1.1). */
const loaders = ['BOOTX64.EFI', 'BOOTAA64.EFI', 'BOOTIA32.EFI'];

export interface EfiFound {
  system?: OperatingSystem;
  /** What the loaders that firmware finds by itself are for. */
  loaders: Architecture[];
  /** Loaders are there that only firmware with variables of its own would find. */
  named: boolean;
}

/** What is to be booted from an EFI system partition. @throws Unreadable */
export async function inspectEfi(files: Files): Promise<EfiFound> {
  const found: Architecture[] = [];
  for (const loader of loaders) {
    const header = await files.read(`/EFI/BOOT/${loader}`, headerSize);
    const architecture = header && peArchitecture(header);
    if (architecture) found.push(architecture);
  }
  const vendors = (await files.list('/EFI')).filter(name => !/^(\.\.?|boot)$/i.test(name));
  const isWindows = (await files.read('/EFI/Microsoft/Boot/bootmgfw.efi', 2)) !== undefined;
  return { ...(isWindows && { system: windowsSystem }), loaders: found, named: vendors.length > 0 };
}
