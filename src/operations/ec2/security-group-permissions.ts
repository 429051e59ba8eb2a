/** From a request's IpPermissions (or the single rule of older clients) to rules. */
import type { IpPermission, UserIdGroupPair } from '@aws-sdk/client-ec2';
import {
  fail,
  invalidParameterCombination,
  missingParameter,
  unsupportedOperation,
} from '../../domain/errors.ts';
import type { SecurityGroup } from '../../domain/network.ts';
import { groupsOfDifferentNetworks } from '../../domain/network-errors.ts';
import {
  type RulePeer,
  type RuleSpec,
  repeatedRule,
  ruleKey,
  settleCidr,
  settleCidrIpv6,
  settleRuleDescription,
  settleTraffic,
} from '../../domain/security-group-rules.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { groupById, groupByName } from './security-group-lookup.ts';

/** What Authorize and Revoke, ingress and egress, have in common. */
export interface RuleRequest {
  IpPermissions?: IpPermission[];
  IpProtocol?: string;
  FromPort?: number;
  ToPort?: number;
  CidrIp?: string;
  SourceSecurityGroupName?: string;
  SourceSecurityGroupOwnerId?: string;
}

/** The rules a request names, each once. */
export async function requestedRules(
  records: RegionReader,
  group: SecurityGroup,
  request: RuleRequest,
): Promise<RuleSpec[]> {
  const rules: RuleSpec[] = [];
  for (const permission of permissionsOf(request)) {
    const traffic = settleTraffic(permission.IpProtocol, permission.FromPort, permission.ToPort);
    for (const peer of await peersOf(records, group, permission)) rules.push({ ...traffic, ...peer });
  }
  if (new Set(rules.map(ruleKey)).size < rules.length) throw repeatedRule();
  return rules;
}

function permissionsOf(request: RuleRequest): IpPermission[] {
  const { IpPermissions, IpProtocol, FromPort, ToPort, CidrIp } = request;
  const single = IpProtocol || CidrIp || request.SourceSecurityGroupName;
  if (IpPermissions?.length && single)
    throw invalidParameterCombination('The parameter ipPermissions cannot be used with a single rule');
  if (IpPermissions?.length) return IpPermissions;
  if (!single) throw missingParameter('IpPermissions');
  const pair = { GroupName: request.SourceSecurityGroupName, UserId: request.SourceSecurityGroupOwnerId };
  return [
    pair.GroupName
      ? // Without a protocol, a source group stands for all its traffic.
        { IpProtocol: IpProtocol || '-1', FromPort, ToPort, UserIdGroupPairs: [pair] }
      : { IpProtocol, FromPort, ToPort, IpRanges: CidrIp ? [{ CidrIp }] : [] },
  ];
}

async function peersOf(
  records: RegionReader,
  group: SecurityGroup,
  permission: IpPermission,
): Promise<RulePeer[]> {
  if (permission.PrefixListIds?.length)
    throw unsupportedOperation('The parameter PrefixListIds is not supported.');
  const peers: RulePeer[] = [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => ({
      cidrIpv4: settleCidr(CidrIp ?? ''),
      description: settleRuleDescription(Description),
    })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({
      cidrIpv6: settleCidrIpv6(CidrIpv6 ?? ''),
      description: settleRuleDescription(Description),
    })),
  ];
  for (const pair of permission.UserIdGroupPairs ?? []) {
    const { groupId } = await referencedGroup(records, group, pair);
    peers.push({ referencedGroupId: groupId, description: settleRuleDescription(pair.Description) });
  }
  if (!peers.length) throw missingParameter('IpPermissions.IpRanges');
  return peers;
}

/** A group of the same VPC. @throws InvalidGroup.NotFound */
export async function groupBeside(records: RegionReader, group: SecurityGroup, id: string) {
  const found = await groupById(records, group.ownerId, id);
  return found.vpcId === group.vpcId ? found : fail(groupsOfDifferentNetworks());
}

/** A rule may name groups of its own VPC: there is no peering between VPCs. */
async function referencedGroup(records: RegionReader, group: SecurityGroup, pair: UserIdGroupPair) {
  if (pair.GroupId) return groupBeside(records, group, pair.GroupId);
  if (!pair.GroupName) throw missingParameter('UserIdGroupPairs.GroupId');
  return groupByName(records, group.vpcId, pair.GroupName);
}
