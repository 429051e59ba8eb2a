/** Every account's default VPC: it exists before the first launch asks for it, as on AWS. */
import { cidrBlock, formatCidr } from '../domain/addresses.ts';
import type { IdPrefix } from '../domain/ids.ts';
import type { SecurityGroup, SecurityGroupRule, Subnet, Vpc } from '../domain/network.ts';
import type { RegionDatabase, RegionWriter } from '../stores/records/database.ts';

const vpcCidrBlock = '172.31.0.0/16';
const subnetPrefix = 20;

type NewId = (prefix: IdPrefix) => string;

/** Creates what the account lacks of its default VPC: the VPC, a subnet in each zone, the group `default`. Idempotent. */
export async function ensureDefaultNetwork(
  records: RegionDatabase,
  accountId: string,
  zones: readonly string[],
  newId: NewId,
): Promise<void> {
  if (await isComplete(records.read, accountId, zones)) return;
  await records.transaction(writer => defaultNetwork(writer, accountId, zones, newId));
}

/** The same inside a transaction; returns the default VPC. */
export async function defaultNetwork(
  records: RegionWriter,
  accountId: string,
  zones: readonly string[],
  newId: NewId,
): Promise<Vpc> {
  const vpc =
    (await defaultVpcOf(records, accountId)) ??
    (await createVpc(
      records,
      { vpcId: newId('vpc'), ownerId: accountId, cidrBlock: vpcCidrBlock, isDefault: true },
      newId,
    ));
  const subnets = await records.subnets.list({ vpcId: vpc.vpcId });
  for (const zone of zones) {
    if (subnets.some(subnet => subnet.availabilityZone === zone && subnet.defaultForAz)) continue;
    const subnet: Subnet = {
      subnetId: newId('subnet'),
      vpcId: vpc.vpcId,
      ownerId: accountId,
      cidrBlock: freeSubnetCidr(vpc, subnets),
      availabilityZone: zone,
      defaultForAz: true,
    };
    await records.subnets.put(subnet);
    subnets.push(subnet);
  }
  return vpc;
}

/** The rule every group begins with: it may send anything anywhere. */
export function allowAllEgress(newId: NewId): SecurityGroupRule {
  return { ...allTraffic(newId), isEgress: true, cidrIpv4: '0.0.0.0/0' };
}

async function isComplete(
  records: Pick<RegionWriter, 'vpcs' | 'subnets'> | RegionDatabase['read'],
  accountId: string,
  zones: readonly string[],
): Promise<boolean> {
  const vpc = await defaultVpcOf(records, accountId);
  if (!vpc) return false;
  const subnets = await records.subnets.list({ vpcId: vpc.vpcId });
  return zones.every(zone => subnets.some(subnet => subnet.availabilityZone === zone && subnet.defaultForAz));
}

async function defaultVpcOf(
  records: Pick<RegionDatabase['read'], 'vpcs'>,
  ownerId: string,
): Promise<Vpc | undefined> {
  return (await records.vpcs.list({ ownerId })).find(vpc => vpc.isDefault);
}

async function createVpc(records: RegionWriter, vpc: Vpc, newId: NewId): Promise<Vpc> {
  await records.vpcs.put(vpc);
  const groupId = newId('sg');
  const group: SecurityGroup = {
    groupId,
    groupName: 'default',
    description: 'default VPC security group',
    ownerId: vpc.ownerId,
    vpcId: vpc.vpcId,
    rules: [{ ...allTraffic(newId), isEgress: false, referencedGroupId: groupId }, allowAllEgress(newId)],
  };
  await records.securityGroups.put(group);
  return vpc;
}

function allTraffic(newId: NewId) {
  return { securityGroupRuleId: newId('sgr'), ipProtocol: '-1', fromPort: -1, toPort: -1 };
}

/** The first /20 of the VPC that no subnet has. */
function freeSubnetCidr(vpc: Vpc, subnets: readonly Subnet[]): string {
  const taken = new Set(subnets.map(subnet => subnet.cidrBlock));
  const { first, size } = cidrBlock(vpc.cidrBlock);
  const step = 2 ** (32 - subnetPrefix);
  for (let at = first; at < first + size; at += step) {
    const cidr = formatCidr({ first: at, size: step, prefix: subnetPrefix });
    if (!taken.has(cidr)) return cidr;
  }
  throw new Error(
    `The default VPC ${vpc.vpcId} has no room for another subnet: a region has at most 16 zones`,
  );
}
