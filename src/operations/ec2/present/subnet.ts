import type * as sdk from '@aws-sdk/client-ec2';
import { type SubnetView, subnetArn } from '../../../domain/network-filters.ts';
import { zoneId } from '../../../domain/network-zones.ts';
import type { Tags } from '../../../domain/tags.ts';
import { mapsPublicIp } from '../../../domain/vpc-attributes.ts';
import { presentTags } from './tags.ts';

export function presentSubnet(view: SubnetView, tags: Tags): sdk.Subnet {
  const { subnet } = view;
  return {
    SubnetId: subnet.subnetId,
    SubnetArn: subnetArn(view),
    VpcId: subnet.vpcId,
    OwnerId: subnet.ownerId,
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: view.availableAddresses,
    AvailabilityZone: subnet.availabilityZone,
    AvailabilityZoneId: zoneId(subnet.availabilityZone),
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: mapsPublicIp(subnet),
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    State: 'available',
    Tags: presentTags(tags),
  };
}
