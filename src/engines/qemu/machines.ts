import type { Architecture } from '../../domain/image.ts';
import type { GuestSpec } from '../engine.ts';

/** What executes guest code. */
export type Accelerator = 'kvm' | 'tcg';

/** What QEMU is told of one kind of machine; everything that differs between architectures. */
export interface Machine {
  program: string;
  /** The Debian package of that program. */
  debianPackage: string;
  /** Of Node's `process.arch`: the host whose KVM runs such guests. */
  kvmHost: string;
  /** The type and its properties. It is pinned: a guest finds the same hardware after an upgrade of QEMU. */
  type: Record<Accelerator, string>;
  cpu: Record<Accelerator, string>;
  /** Shown by GetConsoleScreenshot; none where AWS has none either. */
  screen: readonly string[];
  /** Where volumes come and go while the guest runs: a bridge with ACPI's hot plug, or so many ports with PCI Express's. */
  hotPlug: 'bridge' | number;
}

const pc: Machine = {
  program: 'qemu-system-x86_64',
  debianPackage: 'qemu-system-x86',
  kvmHost: 'x64',
  // The firmware writes to the serial console too (`graphics=off`), so that a disk that does not boot says so in the log.
  type: { kvm: 'pc-q35-7.2,graphics=off', tcg: 'pc-q35-7.2,graphics=off' },
  // All that TCG can do but five-level paging, which every access of a guest that switches it on pays for.
  cpu: { kvm: 'host', tcg: 'max,la57=off' },
  screen: ['-device', 'VGA,id=video0,vgamem_mb=8'],
  hotPlug: 'bridge',
};

/** Graviton2 is a Neoverse N1. https://www.qemu.org/docs/master/system/arm/virt.html */
const virt: Machine = {
  program: 'qemu-system-aarch64',
  debianPackage: 'qemu-system-arm',
  kvmHost: 'arm64',
  type: { kvm: 'virt-7.2,gic-version=host', tcg: 'virt-7.2,gic-version=3' },
  cpu: { kvm: 'host', tcg: 'neoverse-n1' },
  screen: [],
  hotPlug: 16,
};

/** A machine for x86_64 runs 32-bit systems as well. */
const machines: Record<Architecture, Machine> = { x86_64: pc, i386: pc, arm64: virt };

export function machineOf({ architecture }: Pick<GuestSpec, 'architecture'>): Machine {
  return machines[architecture];
}

/** KVM runs guests of the host's own architecture only; the others are translated. */
export function acceleratorFor(
  guest: Pick<GuestSpec, 'architecture'>,
  offered: Accelerator,
  host: string = process.arch,
): Accelerator {
  return machineOf(guest).kvmHost === host ? offered : 'tcg';
}
