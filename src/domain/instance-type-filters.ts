import type { FilterTable, FilterValue } from './filters.ts';
import { supportsHibernation } from './hibernation.ts';
import { type InstanceType, supportsEbsOptimization } from './instance-types.ts';

type Read = (type: InstanceType) => FilterValue;

/** DescribeInstanceTypes' filters that a type of ours can answer. */
const answered: Record<string, Read> = {
  'auto-recovery-supported': () => false,
  'bare-metal': () => false,
  'burstable-performance-supported': type => type.burstable,
  'current-generation': type => type.currentGeneration,
  'dedicated-hosts-supported': () => false,
  'ebs-info.ebs-optimized-support': type => (supportsEbsOptimization(type) ? 'default' : 'unsupported'),
  'ebs-info.encryption-support': () => 'supported',
  'ebs-info.nvme-support': () => 'unsupported',
  'free-tier-eligible': type => type.freeTier,
  'hibernation-supported': supportsHibernation,
  hypervisor: type => type.hypervisor,
  'instance-storage-supported': () => false,
  'instance-type': type => type.name,
  'memory-info.size-in-mib': type => type.memoryMiB,
  'network-info.efa-supported': () => false,
  'network-info.ena-support': type => type.ena,
  'network-info.encryption-in-transit-supported': () => false,
  'network-info.ipv4-addresses-per-interface': type => type.addressesPerInterface,
  'network-info.ipv6-addresses-per-interface': () => 0,
  'network-info.ipv6-supported': () => false,
  'network-info.maximum-network-cards': () => 1,
  'network-info.maximum-network-interfaces': type => type.networkInterfaces,
  'network-info.network-performance': type => type.networkPerformance,
  'nitro-enclaves-support': () => 'unsupported',
  'nitro-tpm-support': () => 'unsupported',
  'processor-info.supported-architecture': type => type.architectures,
  'processor-info.sustained-clock-speed-in-ghz': type => type.clockGHz,
  'supported-boot-mode': type => type.bootModes,
  'supported-root-device-type': () => 'ebs',
  'supported-usage-class': () => 'on-demand',
  'supported-virtualization-type': () => 'hvm',
  'vcpu-info.default-cores': type => type.vcpus / type.threadsPerCore,
  'vcpu-info.default-threads-per-core': type => type.threadsPerCore,
  'vcpu-info.default-vcpus': type => type.vcpus,
};

/** Filters AWS knows about what types of ours do not have or do not promise: they match nothing. */
const unanswered = [
  'ebs-info.attachment-limit-type',
  'ebs-info.maximum-ebs-attachments',
  'ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps',
  'ebs-info.ebs-optimized-info.baseline-iops',
  'ebs-info.ebs-optimized-info.baseline-throughput-in-mbps',
  'ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps',
  'ebs-info.ebs-optimized-info.maximum-iops',
  'ebs-info.ebs-optimized-info.maximum-throughput-in-mbps',
  'instance-storage-info.disk.count',
  'instance-storage-info.disk.size-in-gb',
  'instance-storage-info.disk.type',
  'instance-storage-info.encryption-support',
  'instance-storage-info.nvme-support',
  'instance-storage-info.total-size-in-gb',
  'network-info.bandwidth-weightings',
  'network-info.efa-info.maximum-efa-interfaces',
  'network-info.flexible-ena-queues-support',
  'nitro-tpm-info.supported-versions',
  'processor-info.supported-features',
  'reboot-migration-support',
  'vcpu-info.valid-cores',
  'vcpu-info.valid-threads-per-core',
];

export const instanceTypeFilters: FilterTable<InstanceType> = {
  ...answered,
  ...Object.fromEntries(unanswered.map(name => [name, () => undefined])),
};
