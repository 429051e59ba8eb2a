import { expect, test } from 'vitest';
import type { DiskFacts } from '../../src/domain/disk-facts.ts';
import { checkDiskFits } from '../../src/domain/disk-fit.ts';

const operatingSystem = { family: 'linux' as const, name: 'Debian 12' };
const biosOnly: DiskFacts = { operatingSystem, architecture: 'x86_64', bios: true, uefi: false };
const uefiOnly: DiskFacts = { operatingSystem, architecture: 'arm64', bios: false, uefi: true };
const both: DiskFacts = { operatingSystem, architecture: 'x86_64', bios: true, uefi: true };

const check = (request: { Architecture?: string; BootMode?: string }, disk?: DiskFacts) => () =>
  checkDiskFits(request, { snapshotId: 'snap-1', ...(disk && { disk }) });

test.each([
  [
    { Architecture: 'arm64' },
    biosOnly,
    'Value (arm64) for parameter Architecture does not match the disk: the root snapshot snap-1 holds Debian 12, x86_64, boots with BIOS. Register it with Architecture=x86_64.',
  ],
  [
    { BootMode: 'uefi' },
    biosOnly,
    'Value (uefi) for parameter BootMode does not match the disk: the root snapshot snap-1 holds Debian 12, x86_64, boots with BIOS. It has BIOS boot code and no EFI boot loader: register it with BootMode=legacy-bios.',
  ],
  [
    { BootMode: 'legacy-bios' },
    uefiOnly,
    'Value (legacy-bios) for parameter BootMode does not match the disk: the root snapshot snap-1 holds Debian 12, arm64, boots with UEFI. It has an EFI boot loader and no BIOS boot code: register it with BootMode=uefi.',
  ],
  [
    { Architecture: 'i386' },
    { architecture: 'arm64' as const },
    'Value (i386) for parameter Architecture does not match the disk: the root snapshot snap-1 holds code for arm64. Register it with Architecture=arm64.',
  ],
])('%j is refused with what the disk holds and what to do', (request, disk, message) => {
  expect(check(request, disk)).toThrow(expect.objectContaining({ code: 'InvalidParameterValue', message }));
});

test('uefi-preferred is refused where there is no EFI loader, and fits where there is one', () => {
  expect(check({ BootMode: 'uefi-preferred' }, biosOnly)).toThrow('BootMode=legacy-bios');
  check({ BootMode: 'uefi-preferred' }, both)();
  check({ BootMode: 'uefi-preferred' }, uefiOnly)();
});

test('what is left out, not known or not certain is never refused', () => {
  check({}, uefiOnly)();
  for (const disk of [undefined, {}, { problem: 'noise' }, { bios: false, uefi: false }, { uefi: false }])
    for (const BootMode of ['legacy-bios', 'uefi', 'uefi-preferred'])
      check({ Architecture: 'arm64', BootMode }, disk)();
  checkDiskFits({ Architecture: 'arm64' }, undefined);
});
