import { existsSync } from 'node:fs';
import type { GuestSpec } from '../engine.ts';
import { firmwareOf } from './firmware.ts';
import { machineOf } from './machines.ts';

type Kind = Pick<GuestSpec, 'architecture' | 'firmware'>;

/** The full path of a program; undefined when it is not installed. */
export type FindProgram = (name: string) => string | undefined;

/** The Debian packages that would let this host run such guests; it is looked up each time, so that they may come later. */
export function lackingPackages(guest: Kind, find: FindProgram, isFile = existsSync): string[] {
  const { program, debianPackage } = machineOf(guest);
  const firmware = firmwareOf(guest);
  const isFirmwareThere = !firmware || [firmware.code, firmware.variables].every(path => isFile(path));
  return [
    ...(find(program) ? [] : [debianPackage]),
    ...(firmware && !isFirmwareThere ? [firmware.debianPackage] : []),
  ];
}

/** Why such guests cannot run here, with the remedy; undefined where they can. */
export function lackingFor(guest: Kind, find: FindProgram, isFile = existsSync): string | undefined {
  const packages = lackingPackages(guest, find, isFile);
  if (packages.length === 0) return undefined;
  return `This host cannot run ${nameOf(guest)} yet: run "apt-get install --no-install-recommends ${packages.join(' ')}" on it as root.`;
}

/** Guests that take packages the server itself does without. */
export const optionalGuests: readonly Kind[] = [
  { architecture: 'x86_64', firmware: 'uefi' },
  { architecture: 'arm64', firmware: 'uefi' },
];

export const nameOf = ({ architecture, firmware }: Kind): string =>
  architecture === 'arm64' || firmware === 'legacy-bios'
    ? `${architecture} instances`
    : `${architecture} instances that boot by UEFI`;
