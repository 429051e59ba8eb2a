import type * as sdk from '@aws-sdk/client-ec2';
import type { SecurityGroup, SecurityGroupRule } from '../../../domain/network.ts';
import { partitionOf } from '../../../domain/partition.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

export function presentSecurityGroup(group: SecurityGroup, tags: Tags, region: string): sdk.SecurityGroup {
  return {
    GroupId: group.groupId,
    GroupName: group.groupName,
    Description: group.description,
    OwnerId: group.ownerId,
    VpcId: group.vpcId,
    SecurityGroupArn: securityGroupArn(group, region),
    IpPermissions: permissions(group, false),
    IpPermissionsEgress: permissions(group, true),
    Tags: presentTags(tags),
  };
}

export function securityGroupArn(group: Pick<SecurityGroup, 'ownerId' | 'groupId'>, region: string): string {
  return `arn:${partitionOf(region)}:ec2:${region}:${group.ownerId}:security-group/${group.groupId}`;
}

/** Rules of the same traffic are one permission with many peers. */
function permissions(group: SecurityGroup, isEgress: boolean): sdk.IpPermission[] {
  const byTraffic = new Map<string, sdk.IpPermission>();
  for (const rule of group.rules.filter(one => one.isEgress === isEgress)) {
    const key = [rule.ipProtocol, rule.fromPort, rule.toPort].join('/');
    const permission = byTraffic.get(key) ?? emptyPermission(rule);
    byTraffic.set(key, permission);
    const Description = rule.description;
    if (rule.cidrIpv4) permission.IpRanges!.push({ CidrIp: rule.cidrIpv4, Description });
    if (rule.cidrIpv6) permission.Ipv6Ranges!.push({ CidrIpv6: rule.cidrIpv6, Description });
    if (rule.referencedGroupId)
      permission.UserIdGroupPairs!.push({
        GroupId: rule.referencedGroupId,
        UserId: group.ownerId,
        Description,
      });
  }
  return [...byTraffic.values()];
}

function emptyPermission(rule: SecurityGroupRule): sdk.IpPermission {
  return {
    IpProtocol: rule.ipProtocol,
    // A permission for every protocol shows no ports.
    ...(rule.ipProtocol !== '-1' && { FromPort: rule.fromPort, ToPort: rule.toPort }),
    IpRanges: [],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
}

export function presentRule(
  group: SecurityGroup,
  rule: SecurityGroupRule,
  tags: Tags,
  region: string,
): sdk.SecurityGroupRule {
  return {
    SecurityGroupRuleId: rule.securityGroupRuleId,
    GroupId: group.groupId,
    GroupOwnerId: group.ownerId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    CidrIpv4: rule.cidrIpv4,
    CidrIpv6: rule.cidrIpv6,
    ReferencedGroupInfo: rule.referencedGroupId
      ? { GroupId: rule.referencedGroupId, UserId: group.ownerId, VpcId: group.vpcId }
      : undefined,
    Description: rule.description,
    Tags: presentTags(tags),
    SecurityGroupRuleArn: `arn:${partitionOf(region)}:ec2:${region}:${group.ownerId}:security-group-rule/${rule.securityGroupRuleId}`,
  };
}

export function presentRevokedRule(
  group: SecurityGroup,
  rule: SecurityGroupRule,
): sdk.RevokedSecurityGroupRule {
  return {
    SecurityGroupRuleId: rule.securityGroupRuleId,
    GroupId: group.groupId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    CidrIpv4: rule.cidrIpv4,
    CidrIpv6: rule.cidrIpv6,
    ReferencedGroupId: rule.referencedGroupId,
    Description: rule.description,
  };
}
