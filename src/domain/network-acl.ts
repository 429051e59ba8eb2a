/**
 * Every VPC has one network ACL, which lets everything through: security groups are what keeps traffic out here. Its ids
 * follow from those of the VPC and its subnets.
 */
import type { FilterTable } from './filters.ts';
import type { Subnet, Vpc } from './network.ts';

export const networkAclId = (vpcId: string) => vpcId.replace(/^vpc-/, 'acl-');
export const vpcOfNetworkAcl = (aclId: string) => aclId.replace(/^acl-/, 'vpc-');
export const aclAssociationId = (subnetId: string) => subnetId.replace(/^subnet-/, 'aclassoc-');

export interface NetworkAclView {
  vpc: Vpc;
  subnets: readonly Subnet[];
}

export interface NetworkAclEntry {
  ruleNumber: number;
  egress: boolean;
  ruleAction: 'allow' | 'deny';
  cidrBlock: string;
  protocol: string;
}

/** The last entry of each direction stands at the end of every ACL, for what no other took. */
export const networkAclEntries: readonly NetworkAclEntry[] = [true, false].flatMap(egress => {
  const everything = { egress, cidrBlock: '0.0.0.0/0', protocol: '-1' };
  return [
    { ...everything, ruleNumber: 100, ruleAction: 'allow' as const },
    { ...everything, ruleNumber: 32_767, ruleAction: 'deny' as const },
  ];
});

/** DescribeNetworkAcls' filters. Entries here name neither ports nor ICMP types nor IPv6. */
export const networkAclFilters: FilterTable<NetworkAclView> = {
  'association.association-id': ({ subnets }) => subnets.map(one => aclAssociationId(one.subnetId)),
  'association.network-acl-id': ({ vpc, subnets }) => subnets.map(() => networkAclId(vpc.vpcId)),
  'association.subnet-id': ({ subnets }) => subnets.map(one => one.subnetId),
  default: () => true,
  'entry.cidr': () => networkAclEntries.map(entry => entry.cidrBlock),
  'entry.egress': () => networkAclEntries.map(entry => entry.egress),
  'entry.icmp.code': () => undefined,
  'entry.icmp.type': () => undefined,
  'entry.ipv6-cidr': () => undefined,
  'entry.port-range.from': () => undefined,
  'entry.port-range.to': () => undefined,
  'entry.protocol': () => networkAclEntries.map(entry => entry.protocol),
  'entry.rule-action': () => networkAclEntries.map(entry => entry.ruleAction),
  'entry.rule-number': () => networkAclEntries.map(entry => entry.ruleNumber),
  'network-acl-id': ({ vpc }) => networkAclId(vpc.vpcId),
  'owner-id': ({ vpc }) => vpc.ownerId,
  'vpc-id': ({ vpc }) => vpc.vpcId,
};
