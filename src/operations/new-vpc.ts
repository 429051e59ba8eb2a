/** What every VPC begins with: its default security group and its main route table. */
import type { IdPrefix } from '../domain/ids.ts';
import type { RouteTable, SecurityGroup, SecurityGroupRule, Vpc } from '../domain/network.ts';
import { anywhere } from '../domain/routing.ts';
import type { RegionWriter } from '../stores/records/database.ts';

export type NewId = (prefix: IdPrefix) => string;

export async function writeVpc(records: RegionWriter, vpc: Vpc, newId: NewId): Promise<void> {
  await records.vpcs.put(vpc);
  await records.securityGroups.put(defaultGroup(vpc, newId));
  await records.routeTables.put(mainRouteTable(vpc, newId));
}

/** Routes within the VPC only. */
export function mainRouteTable({ vpcId, ownerId }: Vpc, newId: NewId): RouteTable {
  return {
    routeTableId: newId('rtb'),
    ownerId,
    vpcId,
    associations: [{ associationId: newId('rtbassoc') }],
    routes: [],
  };
}

function defaultGroup({ vpcId, ownerId }: Vpc, newId: NewId): SecurityGroup {
  const groupId = newId('sg');
  return {
    groupId,
    groupName: 'default',
    description: 'default VPC security group',
    ownerId,
    vpcId,
    rules: [{ ...allTraffic(newId), isEgress: false, referencedGroupId: groupId }, allowAllEgress(newId)],
  };
}

/** The rule every group begins with: it may send anything anywhere. */
export function allowAllEgress(newId: NewId): SecurityGroupRule {
  return { ...allTraffic(newId), isEgress: true, cidrIpv4: anywhere };
}

function allTraffic(newId: NewId) {
  return { securityGroupRuleId: newId('sgr'), ipProtocol: '-1', fromPort: -1, toPort: -1 };
}
