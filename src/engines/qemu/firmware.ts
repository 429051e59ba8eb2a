import { access, open, rename } from 'node:fs/promises';
import type { GuestSpec } from '../engine.ts';

/** UEFI firmware: its code, which all guests share, and the variables a new guest begins with. */
export interface Firmware {
  code: string;
  variables: string;
  debianPackage: string;
}

/** As Debian installs them. https://github.com/tianocore/tianocore.github.io/wiki/OVMF */
const ovmf: Firmware = {
  code: '/usr/share/OVMF/OVMF_CODE_4M.fd',
  variables: '/usr/share/OVMF/OVMF_VARS_4M.fd',
  debianPackage: 'ovmf',
};
const aavmf: Firmware = {
  code: '/usr/share/AAVMF/AAVMF_CODE.fd',
  variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
  debianPackage: 'qemu-efi-aarch64',
};

/** Undefined for a guest that boots by the BIOS, which QEMU brings itself. */
export function firmwareOf({
  architecture,
  firmware,
}: Pick<GuestSpec, 'architecture' | 'firmware'>): Firmware | undefined {
  if (firmware === 'legacy-bios') return undefined;
  return architecture === 'arm64' ? aavmf : ovmf;
}

const piece = 1024 * 1024;

/**
 * Gives a guest variables of its own, unless it has them. Those for arm64 are 64 MiB, nearly all zeroes: holes take no room.
 * Killed at any moment it leaves nothing that looks like a whole file.
 */
export async function keepVariables(template: string, path: string): Promise<void> {
  if (await exists(path)) return;
  const temporary = `${path}.new`;
  await using source = await open(template, 'r');
  await using copy = await open(temporary, 'w', 0o600);
  const { size } = await source.stat();
  await copy.truncate(size);
  const buffer = Buffer.alloc(piece);
  const zeroes = Buffer.alloc(piece);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await source.read(buffer, 0, piece, at);
    if (bytesRead === 0) throw new Error(`${template} became shorter while it was read`);
    const bytes = buffer.subarray(0, bytesRead);
    if (!bytes.equals(zeroes.subarray(0, bytesRead))) await writeAt(copy, bytes, at);
    at += bytesRead;
  }
  await copy.sync();
  await rename(temporary, path);
}

async function writeAt(file: Awaited<ReturnType<typeof open>>, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
