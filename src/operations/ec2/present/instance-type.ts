import type { _InstanceType, InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { validCores, validThreadsPerCore } from '../../../domain/cpu-options.ts';
import { supportsHibernation } from '../../../domain/hibernation.ts';
import { type InstanceType, supportsEbsOptimization } from '../../../domain/instance-types.ts';

/** What this region gives an instance of the type: AWS's sizes, without the AWS hardware it does not have. */
export function presentInstanceType(type: InstanceType): InstanceTypeInfo {
  return {
    InstanceType: type.name as _InstanceType,
    CurrentGeneration: type.currentGeneration,
    FreeTierEligible: type.freeTier,
    SupportedUsageClasses: ['on-demand'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: type.hypervisor,
    ProcessorInfo: {
      SupportedArchitectures: [...type.architectures],
      SustainedClockSpeedInGhz: type.clockGHz,
    },
    VCpuInfo: {
      DefaultVCpus: type.vcpus,
      DefaultCores: type.vcpus / type.threadsPerCore,
      DefaultThreadsPerCore: type.threadsPerCore,
      ValidCores: validCores(type),
      ValidThreadsPerCore: validThreadsPerCore(type),
    },
    MemoryInfo: { SizeInMiB: type.memoryMiB },
    InstanceStorageSupported: false,
    EbsInfo: {
      EbsOptimizedSupport: supportsEbsOptimization(type) ? 'default' : 'unsupported',
      EncryptionSupport: 'supported',
      NvmeSupport: 'unsupported',
    },
    NetworkInfo: {
      NetworkPerformance: type.networkPerformance,
      MaximumNetworkInterfaces: type.networkInterfaces,
      MaximumNetworkCards: 1,
      DefaultNetworkCardIndex: 0,
      NetworkCards: [
        {
          NetworkCardIndex: 0,
          NetworkPerformance: type.networkPerformance,
          MaximumNetworkInterfaces: type.networkInterfaces,
        },
      ],
      Ipv4AddressesPerInterface: type.addressesPerInterface,
      Ipv6AddressesPerInterface: 0,
      Ipv6Supported: false,
      EnaSupport: type.ena,
      EfaSupported: false,
      EncryptionInTransitSupported: false,
    },
    HibernationSupported: supportsHibernation(type),
    BurstablePerformanceSupported: type.burstable,
    DedicatedHostsSupported: false,
    AutoRecoverySupported: false,
    SupportedBootModes: [...type.bootModes],
    NitroEnclavesSupport: 'unsupported',
    NitroTpmSupport: 'unsupported',
  };
}
