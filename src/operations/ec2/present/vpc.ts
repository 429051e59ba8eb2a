import type * as sdk from '@aws-sdk/client-ec2';
import type { Vpc } from '../../../domain/network.ts';
import { cidrAssociationId } from '../../../domain/network-filters.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

export function presentVpc(vpc: Vpc, tags: Tags): sdk.Vpc {
  return {
    VpcId: vpc.vpcId,
    OwnerId: vpc.ownerId,
    CidrBlock: vpc.cidrBlock,
    CidrBlockAssociationSet: [
      {
        AssociationId: cidrAssociationId(vpc.vpcId),
        CidrBlock: vpc.cidrBlock,
        CidrBlockState: { State: 'associated' },
      },
    ],
    Ipv6CidrBlockAssociationSet: [],
    // There are no sets of options but the one every VPC begins with.
    DhcpOptionsId: 'default',
    IsDefault: vpc.isDefault,
    InstanceTenancy: 'default',
    State: 'available',
    Tags: presentTags(tags),
  };
}
