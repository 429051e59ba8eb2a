import type * as sdk from '@aws-sdk/client-ec2';
import { privateDnsName } from '../../../domain/addresses.ts';
import {
  type InterfaceAddress,
  type NetworkInterface,
  type NetworkInterfaceAttachment,
  primaryAddress,
} from '../../../domain/network-interface.ts';
import { association, type InterfaceView, interfaceStatus } from '../../../domain/network-interface-view.ts';
import { zoneId } from '../../../domain/network-zones.ts';
import { presentTags } from './tags.ts';

export function presentGroups(groups: InterfaceView['securityGroups']): sdk.GroupIdentifier[] {
  return groups.map(group => ({ GroupId: group.groupId, GroupName: group.groupName }));
}

/** As DescribeInstances shows it. */
export function presentInstanceInterface(view: InterfaceView): sdk.InstanceNetworkInterface {
  const { attachment } = view.networkInterface;
  return {
    ...presentShared(view),
    Attachment: attachment && presentAttachment(attachment),
  };
}

/** As DescribeNetworkInterfaces shows it. */
export function presentNetworkInterface(view: InterfaceView): sdk.NetworkInterface {
  const { attachment, ownerId, availabilityZone } = view.networkInterface;
  return {
    ...presentShared(view),
    AvailabilityZone: availabilityZone,
    AvailabilityZoneId: zoneId(availabilityZone),
    RequesterManaged: false,
    Attachment: attachment && {
      ...presentAttachment(attachment),
      InstanceId: attachment.instanceId,
      InstanceOwnerId: ownerId,
    },
    TagSet: presentTags(view.tags),
  };
}

/** What both have. */
function presentShared({ networkInterface, region, securityGroups }: InterfaceView) {
  return {
    NetworkInterfaceId: networkInterface.networkInterfaceId,
    InterfaceType: 'interface' as const,
    Description: networkInterface.description,
    OwnerId: networkInterface.ownerId,
    VpcId: networkInterface.vpcId,
    SubnetId: networkInterface.subnetId,
    MacAddress: networkInterface.macAddress,
    PrivateIpAddress: primaryAddress(networkInterface),
    PrivateDnsName: privateDnsName(region, primaryAddress(networkInterface)),
    PrivateIpAddresses: networkInterface.addresses.map((address, index) => ({
      PrivateIpAddress: address.privateIpAddress,
      PrivateDnsName: privateDnsName(region, address.privateIpAddress),
      Primary: index === 0,
      Association: presentAssociation(address, networkInterface),
    })),
    Ipv6Addresses: [],
    Association: presentAssociation(networkInterface.addresses[0], networkInterface),
    Groups: presentGroups(securityGroups),
    SourceDestCheck: networkInterface.sourceDestCheck,
    Status: interfaceStatus(networkInterface),
  };
}

function presentAssociation(
  address: InterfaceAddress,
  networkInterface: NetworkInterface,
): sdk.NetworkInterfaceAssociation | undefined {
  const known = association(address, networkInterface);
  // No name server of the world would know a name: the address is this host's.
  return (
    known && {
      PublicIp: known.publicIp,
      PublicDnsName: '',
      IpOwnerId: known.ipOwnerId,
      AllocationId: known.allocationId,
      AssociationId: known.associationId,
    }
  );
}

export function presentAttachment(attachment: NetworkInterfaceAttachment) {
  return {
    AttachmentId: attachment.attachmentId,
    AttachTime: new Date(attachment.attachTime),
    DeleteOnTermination: attachment.deleteOnTermination,
    DeviceIndex: attachment.deviceIndex,
    NetworkCardIndex: 0,
    Status: attachment.status,
  };
}
