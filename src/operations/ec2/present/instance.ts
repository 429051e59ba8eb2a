import type * as sdk from '@aws-sdk/client-ec2';
import { privateDnsName } from '../../../domain/addresses.ts';
import { type CpuOptions, defaultCpuOptions } from '../../../domain/cpu-options.ts';
import { type Instance, type InstanceState, instanceStateCodes } from '../../../domain/instance.ts';
import { currentBootMode } from '../../../domain/instance-fit.ts';
import { instanceType } from '../../../domain/instance-types.ts';
import { type InstanceView, isWindows, publicIpOf, securityGroupsOf } from '../../../domain/instance-view.ts';
import { zoneId } from '../../../domain/network-zones.ts';
import type { Volume } from '../../../domain/volume.ts';
import { presentGroups, presentInstanceInterface } from './network-interface.ts';
import { presentTags } from './tags.ts';

export function presentState(state: InstanceState): sdk.InstanceState {
  return { Code: instanceStateCodes[state], Name: state };
}

/** A change of state, as Start, Stop and Terminate answer. */
export function presentChange(before: Instance, after: Instance): sdk.InstanceStateChange {
  return {
    InstanceId: after.instanceId,
    PreviousState: presentState(before.state),
    CurrentState: presentState(after.state),
  };
}

export function presentInstance(view: InstanceView): sdk.Instance {
  const { instance } = view;
  const isGone = instance.state === 'terminated';
  return {
    InstanceId: instance.instanceId,
    ImageId: instance.imageId,
    State: presentState(instance.state),
    StateReason: instance.stateReason && {
      Code: instance.stateReason.code,
      Message: instance.stateReason.message,
    },
    StateTransitionReason: instance.stateTransitionReason,
    AmiLaunchIndex: instance.amiLaunchIndex,
    InstanceType: instance.instanceType as sdk._InstanceType,
    LaunchTime: new Date(instance.launchTime),
    KeyName: instance.keyName,
    ClientToken: instance.clientToken ?? '',
    ...presentMachine(instance),
    ...(isGone ? goneNetwork : presentNetwork(view)),
    Placement: {
      AvailabilityZone: instance.availabilityZone,
      AvailabilityZoneId: zoneId(instance.availabilityZone),
      GroupName: '',
      Tenancy: 'default',
    },
    BlockDeviceMappings: view.volumes.map(presentDevice),
    MetadataOptions: presentMetadataOptions(instance),
    Tags: presentTags(view.tags),
  };
}

export function presentMetadataOptions({
  state,
  metadataOptions: options,
}: Instance): sdk.InstanceMetadataOptionsResponse {
  return {
    State: state === 'pending' ? 'pending' : 'applied',
    HttpTokens: options.httpTokens,
    HttpPutResponseHopLimit: options.httpPutResponseHopLimit,
    HttpEndpoint: options.httpEndpoint,
    HttpProtocolIpv6: 'disabled',
    InstanceMetadataTags: options.instanceMetadataTags,
  };
}

function presentMachine(instance: Instance): sdk.Instance {
  const type = instanceType(instance.instanceType);
  return {
    Architecture: instance.architecture,
    VirtualizationType: instance.virtualizationType,
    // AWS says xen of its Nitro instances too.
    Hypervisor: 'xen',
    RootDeviceName: instance.rootDeviceName,
    RootDeviceType: instance.rootDeviceType,
    Platform: isWindows(instance) ? 'Windows' : undefined,
    PlatformDetails: instance.platformDetails,
    UsageOperation: instance.usageOperation,
    UsageOperationUpdateTime: new Date(instance.launchTime),
    BootMode: instance.bootMode as sdk.BootModeValues | undefined,
    CurrentInstanceBootMode: currentBootMode(instance),
    EnaSupport: instance.enaSupport,
    SriovNetSupport: instance.sriovNetSupport,
    EbsOptimized: instance.ebsOptimized,
    ProductCodes: instance.productCodes.map(code => ({
      ProductCodeId: code,
      ProductCodeType: 'marketplace',
    })),
    CpuOptions: type && presentCpuOptions(instance.cpuOptions ?? defaultCpuOptions(type)),
    Monitoring: { State: 'disabled' },
    HibernationOptions: { Configured: instance.hibernationConfigured ?? false },
    EnclaveOptions: { Enabled: false },
    MaintenanceOptions: { AutoRecovery: 'default' },
  };
}

function presentCpuOptions({ coreCount, threadsPerCore }: CpuOptions): sdk.CpuOptions {
  return { CoreCount: coreCount, ThreadsPerCore: threadsPerCore };
}

function presentNetwork(view: InstanceView): sdk.Instance {
  const { instance, region } = view;
  return {
    VpcId: instance.vpcId,
    SubnetId: instance.subnetId,
    PrivateIpAddress: instance.privateIpAddress,
    PrivateDnsName: privateDnsName(region, instance.privateIpAddress),
    PublicIpAddress: publicIpOf(view),
    // No name server of the world would know it: the address is this host's.
    PublicDnsName: '',
    SourceDestCheck: view.networkInterfaces[0]?.networkInterface.sourceDestCheck ?? true,
    SecurityGroups: presentGroups(securityGroupsOf(view)),
    NetworkInterfaces: view.networkInterfaces.map(presentInstanceInterface),
    PrivateDnsNameOptions: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
  };
}

/** A terminated instance has given its network interfaces back. */
const goneNetwork: sdk.Instance = {
  PrivateDnsName: '',
  PublicDnsName: '',
  SecurityGroups: [],
  NetworkInterfaces: [],
};

export function presentDevice({ volumeId, attachment }: Volume): sdk.InstanceBlockDeviceMapping {
  return {
    DeviceName: attachment!.device,
    Ebs: {
      VolumeId: volumeId,
      Status: attachment!.state as sdk.AttachmentStatus,
      AttachTime: new Date(attachment!.attachTime),
      DeleteOnTermination: attachment!.deleteOnTermination,
    },
  };
}
