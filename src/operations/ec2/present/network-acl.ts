import type * as sdk from '@aws-sdk/client-ec2';
import {
  aclAssociationId,
  type NetworkAclView,
  networkAclEntries,
  networkAclId,
} from '../../../domain/network-acl.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

export function presentNetworkAcl({ vpc, subnets }: NetworkAclView, tags: Tags): sdk.NetworkAcl {
  const NetworkAclId = networkAclId(vpc.vpcId);
  return {
    NetworkAclId,
    VpcId: vpc.vpcId,
    OwnerId: vpc.ownerId,
    IsDefault: true,
    Associations: subnets.map(({ subnetId }) => ({
      NetworkAclAssociationId: aclAssociationId(subnetId),
      NetworkAclId,
      SubnetId: subnetId,
    })),
    Entries: networkAclEntries.map(entry => ({
      RuleNumber: entry.ruleNumber,
      Egress: entry.egress,
      RuleAction: entry.ruleAction,
      CidrBlock: entry.cidrBlock,
      Protocol: entry.protocol,
    })),
    Tags: presentTags(tags),
  };
}
