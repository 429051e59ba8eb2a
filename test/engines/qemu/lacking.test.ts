import { describe, expect, test } from 'vitest';
import { lackingFor, lackingPackages } from '../../../src/engines/qemu/lacking.ts';

const arm = { architecture: 'arm64', firmware: 'uefi' } as const;
const uefi = { architecture: 'x86_64', firmware: 'uefi' } as const;
const bios = { architecture: 'i386', firmware: 'legacy-bios' } as const;
const nothing = () => undefined;
const program = (name: string) => `/usr/bin/${name}`;

describe('what a host lacks', () => {
  test('is named with the command that installs it', () => {
    expect(lackingFor(arm, nothing, () => false)).toBe(
      'This host cannot run arm64 instances yet: run "apt-get install --no-install-recommends qemu-system-arm qemu-efi-aarch64" on it as root.',
    );
    expect(lackingFor(uefi, program, () => false)).toBe(
      'This host cannot run x86_64 instances that boot by UEFI yet: run "apt-get install --no-install-recommends ovmf" on it as root.',
    );
  });

  test('is half of it where half of it is there', () => {
    expect(lackingPackages(arm, program, () => false)).toEqual(['qemu-efi-aarch64']);
    expect(lackingPackages(arm, nothing, () => true)).toEqual(['qemu-system-arm']);
    expect(lackingPackages(uefi, program, path => String(path).includes('CODE'))).toEqual(['ovmf']);
  });

  test('is nothing where all is there, and no firmware for guests of the BIOS', () => {
    expect(lackingFor(arm, program, () => true)).toBeUndefined();
    expect(lackingFor(bios, program, () => false)).toBeUndefined();
  });
});
