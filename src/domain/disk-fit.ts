import { type DiskFacts, describeDisk } from './disk-facts.ts';
import { invalidParameterValue } from './errors.ts';

/**
 * Refuses an image whose root disk says it is for another machine. Only what the request itself names is held against
 * the disk, and only what the disk shows for certain: a disk of which nothing is known fits every machine.
 * @throws InvalidParameterValue
 */
export function checkDiskFits(
  request: { Architecture?: string; BootMode?: string },
  root: { snapshotId: string; disk?: DiskFacts } | undefined,
): void {
  if (!root?.disk) return;
  const { architecture, bios, uefi } = root.disk;
  const { Architecture: asked, BootMode: mode } = request;
  const contents = describeDisk(root.disk) ?? `code for ${architecture ?? 'an unknown processor'}`;
  const refuse = (what: string, remedy: string) =>
    invalidParameterValue(`${what}: the root snapshot ${root.snapshotId} holds ${contents}. ${remedy}`);

  if (asked && architecture && asked !== architecture)
    throw refuse(
      `Value (${asked}) for parameter Architecture does not match the disk`,
      `Register it with Architecture=${architecture}.`,
    );
  if (mode === 'legacy-bios' && bios === false && uefi)
    throw refuse(
      'Value (legacy-bios) for parameter BootMode does not match the disk',
      'It has an EFI boot loader and no BIOS boot code: register it with BootMode=uefi.',
    );
  if ((mode === 'uefi' || mode === 'uefi-preferred') && uefi === false && bios)
    throw refuse(
      `Value (${mode}) for parameter BootMode does not match the disk`,
      'It has BIOS boot code and no EFI boot loader: register it with BootMode=legacy-bios.',
    );
}
