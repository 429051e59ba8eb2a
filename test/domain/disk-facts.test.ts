import { expect, test } from 'vitest';
import { type DiskFacts, describeDisk, platformOfDisk, settlePlatform } from '../../src/domain/disk-facts.ts';

const linux = (id: string): DiskFacts => ({ operatingSystem: { family: 'linux', name: id, id } });
const windows: DiskFacts = { operatingSystem: { family: 'windows', name: 'Windows' } };
const sold = { platformDetails: 'Windows', usageOperation: 'RunInstances:0002' };
const plain = { platformDetails: 'Linux/UNIX', usageOperation: 'RunInstances' };
const windowsByol = { platformDetails: 'Windows BYOL', usageOperation: 'RunInstances:0800' };

test('a disk is described in a line, as far as it is known', () => {
  const operatingSystem = { family: 'linux' as const, name: 'Debian 12' };
  expect(describeDisk({ operatingSystem, architecture: 'x86_64', bios: true, uefi: true })).toBe(
    'Debian 12, x86_64, boots with BIOS or UEFI',
  );
  expect(describeDisk({ operatingSystem, bios: false, uefi: true })).toBe('Debian 12, boots with UEFI');
  expect(describeDisk({ operatingSystem })).toBe('Debian 12');
  expect(describeDisk({ architecture: 'arm64' })).toBeUndefined();
  expect(describeDisk(undefined)).toBeUndefined();
});

test('Windows and Red Hat bring their own licence; everything else is Linux/UNIX', () => {
  expect(platformOfDisk(windows)).toEqual(windowsByol);
  expect(platformOfDisk(linux('rhel'))).toEqual({
    platformDetails: 'Red Hat BYOL Linux',
    usageOperation: 'RunInstances:00g0',
  });
  for (const facts of [linux('debian'), linux('rocky'), {}, undefined])
    expect(platformOfDisk(facts)).toEqual(plain);
});

test('an inherited platform follows the disk, unless a licence was sold or nothing was found', () => {
  expect(settlePlatform(plain, windows)).toEqual(windowsByol);
  expect(settlePlatform(windowsByol, linux('debian'))).toEqual(plain);
  expect(settlePlatform(windowsByol, {})).toEqual(windowsByol);
  expect(settlePlatform(sold, linux('debian'))).toEqual(sold);
});
