import type { Architecture } from '../domain/image.ts';

/** Which processor programs, kernels and boot loaders are for, by their headers. Pure: undefined for anything else. */

/** Enough of a file for all of these. */
export const headerSize = 4096;

const elfMachines: Record<number, Architecture> = { 3: 'i386', 62: 'x86_64', 183: 'arm64' };
const peMachines: Record<number, Architecture> = { 332: 'i386', 34404: 'x86_64', 43620: 'arm64' };

/** https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html; little-endian ones. */
export function elfArchitecture(header: Buffer): Architecture | undefined {
  if (header.length < 20 || header.toString('latin1', 0, 4) !== '\x7fELF' || header[5] !== 1)
    return undefined;
  return elfMachines[header.readUInt16LE(18)];
}

/** https://learn.microsoft.com/windows/win32/debug/pe-format */
export function peArchitecture(header: Buffer): Architecture | undefined {
  if (header.length < 64 || header.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const at = header.readUInt32LE(60);
  if (at + 6 > header.length || header.toString('latin1', at, at + 4) !== 'PE\0\0') return undefined;
  return peMachines[header.readUInt16LE(at + 4)];
}

/**
 * Linux kernels: with an EFI stub they are PE files; older ones for Intel have the boot protocol's header
 * (https://docs.kernel.org/arch/x86/boot.html), plain ones for Arm their own, and `vmlinux` is an ELF file.
 */
export function kernelArchitecture(header: Buffer): Architecture | undefined {
  return peArchitecture(header) ?? bzImageArchitecture(header) ?? armImage(header) ?? elfArchitecture(header);
}

function bzImageArchitecture(header: Buffer): Architecture | undefined {
  if (header.length < 0x238 || header.toString('latin1', 0x202, 0x206) !== 'HdrS') return undefined;
  // Before protocol 2.12 the header does not say whether a 64-bit entry is there.
  if (header.readUInt16LE(0x206) < 0x20c) return undefined;
  return (header.readUInt16LE(0x236) & 1) === 1 ? 'x86_64' : 'i386';
}

function armImage(header: Buffer): Architecture | undefined {
  return header.length >= 60 && header.toString('latin1', 56, 60) === 'ARM\x64' ? 'arm64' : undefined;
}
