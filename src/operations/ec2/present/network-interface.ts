import type * as sdk from '@aws-sdk/client-ec2';
import { privateDnsName } from '../../../domain/addresses.ts';
import {
  type InstanceView,
  networkAttachmentId,
  networkAttachmentStatus,
} from '../../../domain/instance-view.ts';

export function presentGroups(view: InstanceView): sdk.GroupIdentifier[] {
  return view.securityGroups.map(group => ({ GroupId: group.groupId, GroupName: group.groupName }));
}

/** An instance's one network interface, as DescribeInstances shows it. */
export function presentNetworkInterface(view: InstanceView): sdk.InstanceNetworkInterface {
  const { instance, region } = view;
  const PrivateDnsName = privateDnsName(region, instance.privateIpAddress);
  const Association = instance.publicIpAddress
    ? { PublicIp: instance.publicIpAddress, PublicDnsName: '', IpOwnerId: 'amazon' }
    : undefined;
  return {
    NetworkInterfaceId: instance.networkInterfaceId,
    InterfaceType: 'interface',
    Description: '',
    OwnerId: instance.ownerId,
    VpcId: instance.vpcId,
    SubnetId: instance.subnetId,
    MacAddress: instance.macAddress,
    PrivateIpAddress: instance.privateIpAddress,
    PrivateDnsName,
    PrivateIpAddresses: [
      { PrivateIpAddress: instance.privateIpAddress, PrivateDnsName, Primary: true, Association },
    ],
    Ipv6Addresses: [],
    Association,
    Attachment: {
      AttachmentId: networkAttachmentId(instance.networkInterfaceId),
      AttachTime: new Date(instance.launchTime),
      DeleteOnTermination: true,
      DeviceIndex: 0,
      NetworkCardIndex: 0,
      Status: networkAttachmentStatus(instance),
    },
    Groups: presentGroups(view),
    SourceDestCheck: true,
    Status: 'in-use',
  };
}
