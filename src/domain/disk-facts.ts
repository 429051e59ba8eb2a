import type { Architecture, Image } from './image.ts';

/** What a volume's own bytes say of the machine it is for. What is absent was not found: nothing is guessed. */
export interface DiskFacts {
  partitionTable?: 'gpt' | 'mbr';
  /** What each partition holds, or the whole disk where it has none: `ext4`, `fat`, `xfs`, `lvm`, … */
  fileSystems?: string[];
  operatingSystem?: OperatingSystem;
  architecture?: Architecture;
  /** Whether a BIOS, and UEFI, find something to boot; absent where it cannot be told. */
  bios?: boolean;
  uefi?: boolean;
  /** What could not be read, and why. */
  problem?: string;
}

export interface OperatingSystem {
  family: 'linux' | 'windows' | 'macos';
  /** For people, e.g. `Debian GNU/Linux 12 (bookworm)`. */
  name: string;
  /** `ID` and `VERSION_ID` of os-release. */
  id?: string;
  version?: string;
}

/** The tag under which a snapshot's or an image's owner sees what is on its disk. */
export const diskTag = 'aws:amity:disk';

/** One line for people: `Debian GNU/Linux 12 (bookworm), x86_64, boots with BIOS or UEFI`. */
export function describeDisk(facts: DiskFacts | undefined): string | undefined {
  if (!facts?.operatingSystem) return undefined;
  const firmware = [facts.bios && 'BIOS', facts.uefi && 'UEFI'].filter(Boolean).join(' or ');
  return [facts.operatingSystem.name, facts.architecture, firmware && `boots with ${firmware}`]
    .filter(Boolean)
    .join(', ');
}

type Platform = Pick<Image, 'platformDetails' | 'usageOperation'>;

const plain: Platform = { platformDetails: 'Linux/UNIX', usageOperation: 'RunInstances' };
/** Nobody here sells licences: what is on an imported disk brings its own. */
const windows: Platform = { platformDetails: 'Windows BYOL', usageOperation: 'RunInstances:0800' };
const redHat: Platform = { platformDetails: 'Red Hat BYOL Linux', usageOperation: 'RunInstances:00g0' };

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html */
export function platformOfDisk(facts: DiskFacts | undefined): Platform {
  const system = facts?.operatingSystem;
  if (system?.family === 'windows') return windows;
  return system?.id === 'rhel' ? redHat : plain;
}

/** Whether no licence is sold with an image of this usage operation. */
export function bringsOwnLicense(usageOperation: string): boolean {
  return [plain, windows, redHat].some(platform => platform.usageOperation === usageOperation);
}

/** The platform of an image that inherits `inherited`: a licence that was sold stays, else its disk is believed. */
export function settlePlatform({ platformDetails, usageOperation }: Platform, facts?: DiskFacts): Platform {
  return facts?.operatingSystem && bringsOwnLicense(usageOperation)
    ? platformOfDisk(facts)
    : { platformDetails, usageOperation };
}
