import type { Architecture, Firmware } from './image.ts';

/** What AWS publishes about an instance type, as far as a launch or a client depends on it. */
export interface InstanceType {
  name: string;
  vcpus: number;
  threadsPerCore: 1 | 2;
  memoryMiB: number;
  architectures: readonly Architecture[];
  bootModes: readonly Firmware[];
  hypervisor: 'xen' | 'nitro';
  ena: 'unsupported' | 'required';
  burstable: boolean;
  currentGeneration: boolean;
  freeTier: boolean;
  clockGHz: number;
  /** Whether its instances can be hibernated. */
  hibernation: boolean;
  networkPerformance: string;
  networkInterfaces: number;
  addressesPerInterface: number;
}

type Size = [name: string, vcpus: number, memoryMiB: number, interfaces: number, addresses: number];
type Family = Omit<
  InstanceType,
  'name' | 'vcpus' | 'memoryMiB' | 'networkInterfaces' | 'addressesPerInterface'
>;

const intel: readonly Architecture[] = ['x86_64'];
const nitro = {
  threadsPerCore: 2,
  architectures: intel,
  bootModes: ['legacy-bios', 'uefi'],
  hypervisor: 'nitro',
  ena: 'required',
  burstable: false,
  currentGeneration: true,
  freeTier: false,
  hibernation: true,
  networkPerformance: 'Up to 10 Gigabit',
} as const;
const burstable = {
  ...nitro,
  burstable: true,
  networkPerformance: 'Up to 5 Gigabit',
  clockGHz: 2.5,
} as const;
const t2 = {
  ...nitro,
  threadsPerCore: 1,
  // Only types of Nitro boot by UEFI: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instance-boot-mode.html
  bootModes: ['legacy-bios'],
  hypervisor: 'xen',
  ena: 'unsupported',
  burstable: true,
  clockGHz: 2.4,
  networkPerformance: 'Low to Moderate',
} as const;

const sixth = { ...nitro, clockGHz: 3.5, networkPerformance: 'Up to 12.5 Gigabit' } as const;
const graviton = {
  ...nitro,
  threadsPerCore: 1,
  architectures: ['arm64'],
  bootModes: ['uefi'],
  hibernation: false,
  clockGHz: 2.5,
} as const;

const burstableSizes: Size[] = [
  ['nano', 2, 512, 2, 2],
  ['micro', 2, 1024, 2, 2],
  ['small', 2, 2048, 3, 4],
  ['medium', 2, 4096, 3, 6],
  ['large', 2, 8192, 3, 12],
  ['xlarge', 4, 16384, 4, 15],
  ['2xlarge', 8, 32768, 4, 15],
];
/** Sizes large to 4xlarge of a fixed-performance family with `memory` MiB in its `large`. */
const fixedSizes = (memory: number): Size[] => [
  ['large', 2, memory, 3, 10],
  ['xlarge', 4, memory * 2, 4, 15],
  ['2xlarge', 8, memory * 4, 4, 15],
  ['4xlarge', 16, memory * 8, 8, 30],
];

/** Every type that can be launched. Sources: AWS's instance type pages and `describe-instance-types`. */
export const instanceTypes: readonly InstanceType[] = [
  ...family('t2', { ...t2, architectures: ['i386', 'x86_64'] }, [
    ['nano', 1, 512, 2, 2],
    ['micro', 1, 1024, 2, 2],
    ['small', 1, 2048, 3, 4],
    ['medium', 2, 4096, 3, 6],
  ]),
  ...family('t2', t2, [['large', 2, 8192, 3, 12]]),
  ...family('t3', burstable, burstableSizes),
  ...family(
    't4g',
    { ...burstable, threadsPerCore: 1, architectures: ['arm64'], bootModes: ['uefi'], hibernation: false },
    burstableSizes,
  ),
  ...family('t3a', { ...burstable, clockGHz: 2.2 }, burstableSizes),
  ...family('m5', { ...nitro, clockGHz: 3.1 }, fixedSizes(8192)),
  ...family('c5', { ...nitro, clockGHz: 3.4 }, fixedSizes(4096)),
  ...family('r5', { ...nitro, clockGHz: 3.1 }, fixedSizes(16384)),
  ...family('m6i', sixth, fixedSizes(8192)),
  ...family('c6i', sixth, fixedSizes(4096)),
  ...family('r6i', { ...sixth, hibernation: false }, fixedSizes(16384)),
  ...family('m6g', graviton, [['medium', 1, 4096, 2, 4], ...fixedSizes(8192)]),
  ...family('c6g', graviton, [['medium', 1, 2048, 2, 4], ...fixedSizes(4096)]),
  ...family('r6g', graviton, [['medium', 1, 8192, 2, 4], ...fixedSizes(16384)]),
];

function family(prefix: string, shared: Family, sizes: readonly Size[]): InstanceType[] {
  return sizes.map(([size, vcpus, memoryMiB, networkInterfaces, addressesPerInterface]) => ({
    ...shared,
    name: `${prefix}.${size}`,
    vcpus,
    memoryMiB,
    networkInterfaces,
    addressesPerInterface,
    freeTier: size === 'micro' && (prefix === 't2' || prefix === 't3'),
  }));
}

const byName = new Map(instanceTypes.map(type => [type.name, type]));

export function instanceType(name: string): InstanceType | undefined {
  return byName.get(name);
}

/** What a launch without InstanceType gets. AWS says m1.small, which nobody has any more. */
export function defaultInstanceType(architecture: Architecture): string {
  return architecture === 'arm64' ? 't4g.micro' : 't2.micro';
}

/** Only types of Nitro can be told to be EBS-optimized (they always are). */
export function supportsEbsOptimization(type: InstanceType): boolean {
  return type.hypervisor === 'nitro';
}
