import type { DiskFacts, OperatingSystem } from '../domain/disk-facts.ts';
import type { Architecture } from '../domain/image.ts';
import { type ByteSource, bounded, Unreadable } from './byte-source.ts';
import { inspectEfi } from './efi.ts';
import { openExt4 } from './ext4.ts';
import { openFat } from './fat.ts';
import { fileSystemOf } from './file-system.ts';
import { inspectLinux } from './linux.ts';
import { openNtfs } from './ntfs.ts';
import { type Layout, type Partition, readLayout } from './partitions.ts';
import { inspectWindows } from './windows.ts';

/** A Debian disk takes under a hundred reads. */
const limits = { reads: 4096, bytes: 64 * 1024 * 1024 };

/** What only Linux boots from, and is not read further here. */
const linuxOnly = ['xfs', 'btrfs', 'lvm', 'luks'];

interface Found {
  fileSystem?: string;
  system?: OperatingSystem;
  /** Of kernels and programs. */
  architectures: Architecture[];
  /** Of EFI loaders. */
  loaders: Architecture[];
  /** An EFI system partition whose loaders we cannot judge. */
  unknownLoaders: boolean;
  problem?: string;
}

/**
 * What is on a disk: its partitions, operating system, processor and what boots it. Reads a few blocks, trusts none of
 * them, and leaves out what it does not find. What cannot be read is named in `problem` and hides nothing else.
 */
export async function inspectDisk(disk: ByteSource, signal?: AbortSignal): Promise<DiskFacts> {
  const source = bounded(disk, { ...limits, ...(signal && { signal }) });
  try {
    const layout = await readLayout(source);
    const found: Found[] = [];
    for (const partition of layout.partitions) found.push(await inspectPartition(partition));
    return summarize(layout, found);
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message };
    throw error;
  }
}

async function inspectPartition(partition: Partition): Promise<Found> {
  const found: Found = { architectures: [], loaders: [], unknownLoaders: partition.efiSystem };
  try {
    found.fileSystem = partition.apfs ? 'apfs' : await fileSystemOf(partition.source);
    Object.assign(found, await contentsOf(found.fileSystem, partition));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    found.problem = error.message;
  }
  return found;
}

async function contentsOf(fileSystem: string | undefined, { source }: Partition): Promise<Partial<Found>> {
  switch (fileSystem) {
    case 'ext':
      return inspectLinux(await openExt4(source));
    case 'ntfs':
      return inspectWindows(await openNtfs(source));
    case 'fat': {
      const { loaders, named, system } = await inspectEfi(await openFat(source));
      return { loaders, unknownLoaders: loaders.length === 0 && named, ...(system && { system }) };
    }
    case 'apfs':
    case 'hfs+':
      return { system: { family: 'macos', name: 'macOS' } };
    default:
      return {};
  }
}

function summarize({ table, bios, partitions }: Layout, found: readonly Found[]): DiskFacts {
  const architecture = agreed(found);
  const uefi = found.some(({ loaders }) => loaders.length > 0)
    ? true
    : partitions.length === 0 || found.some(one => one.unknownLoaders || one.problem)
      ? undefined
      : false;
  const fileSystems = found.flatMap(({ fileSystem }) => fileSystem ?? []);
  const boots = bios || uefi;
  const guess: OperatingSystem[] =
    boots && fileSystems.some(name => linuxOnly.includes(name)) ? [{ family: 'linux', name: 'Linux' }] : [];
  const system = bestNamed([...found.flatMap(one => one.system ?? []), ...guess]);
  const problem = found.find(one => one.problem)?.problem;
  return {
    ...(table && { partitionTable: table }),
    ...(fileSystems.length > 0 && { fileSystems }),
    ...(system && { operatingSystem: system }),
    ...(architecture && { architecture }),
    // Without a partition table the sector a BIOS starts is a file system's, and may well boot.
    ...(bios !== undefined && { bios: bios && architecture !== 'arm64' }),
    ...(uefi !== undefined && { uefi }),
    ...(problem !== undefined && { problem }),
  };
}

/** Kernels and programs say it, else boot loaders; undefined where they disagree, as a 32-bit system on a 64-bit kernel. */
function agreed(found: readonly Found[]): Architecture | undefined {
  for (const evidence of ['architectures', 'loaders'] as const) {
    const named = new Set(found.flatMap(one => one[evidence]));
    if (named.size > 0) return named.size === 1 ? [...named][0] : undefined;
  }
  return undefined;
}

/** A system that says its name tells more than a file system from which it can only be guessed. */
const bestNamed = (systems: readonly OperatingSystem[]): OperatingSystem | undefined =>
  systems.find(({ id, version }) => id ?? version) ??
  systems.find(({ family }) => family !== 'linux') ??
  systems[0];
