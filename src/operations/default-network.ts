/** Every account's default VPC: it exists before the first launch asks for it, as on AWS, until its owner deletes it. */
import { fail } from '../domain/errors.ts';
import type { Subnet, Vpc } from '../domain/network.ts';
import { freeSubnetCidr } from '../domain/network-cidr.ts';
import { noDefaultVpc } from '../domain/network-errors.ts';
import { anywhere, isMain } from '../domain/routing.ts';
import type { RegionDatabase, RegionWriter } from '../stores/records/database.ts';
import { mainRouteTable, type NewId, writeVpc } from './new-vpc.ts';

const vpcCidrBlock = '172.31.0.0/16';
const subnetPrefix = 20;

/**
 * Creates what the account was not given yet of its default VPC: the VPC with its group `default` and its way out, and a
 * subnet in each zone. What it deleted stays deleted. Idempotent.
 */
export async function ensureDefaultNetwork(
  records: RegionDatabase,
  accountId: string,
  zones: readonly string[],
  newId: NewId,
): Promise<void> {
  const vpc = await defaultVpcOf(records.read, accountId);
  if (vpc ? isComplete(vpc, zones) : await isUnwanted(records.read, accountId)) return;
  await records.transaction(writer => complete(writer, accountId, zones, newId));
}

/** The same inside a transaction; returns the default VPC. @throws VPCIdNotSpecified when the account deleted it */
export async function defaultNetwork(
  records: RegionWriter,
  accountId: string,
  zones: readonly string[],
  newId: NewId,
): Promise<Vpc> {
  return (await complete(records, accountId, zones, newId)) ?? fail(noDefaultVpc());
}

export async function defaultVpcOf(
  records: Pick<RegionDatabase['read'], 'vpcs'>,
  ownerId: string,
): Promise<Vpc | undefined> {
  return (await records.vpcs.list({ ownerId })).find(vpc => vpc.isDefault);
}

/** A default subnet for a zone; undefined where the VPC has no room for it. */
export async function writeDefaultSubnet(
  records: RegionWriter,
  vpc: Vpc,
  zone: string,
  newId: NewId,
): Promise<Subnet | undefined> {
  const { vpcId, ownerId } = vpc;
  const cidrBlock = freeSubnetCidr(vpc, await records.subnets.list({ vpcId }), subnetPrefix);
  if (cidrBlock === undefined) return undefined;
  const subnetId = newId('subnet');
  const subnet = { subnetId, vpcId, ownerId, cidrBlock, availabilityZone: zone, defaultForAz: true };
  await records.subnets.put(subnet);
  return subnet;
}

const isComplete = (vpc: Vpc, zones: readonly string[]) =>
  zones.every(zone => vpc.defaultZones?.includes(zone));

async function isUnwanted(
  records: Pick<RegionDatabase['read'], 'accountSettings'>,
  accountId: string,
): Promise<boolean> {
  return (await records.accountSettings.get(accountId))?.hasNoDefaultVpc ?? false;
}

async function complete(
  records: RegionWriter,
  accountId: string,
  zones: readonly string[],
  newId: NewId,
): Promise<Vpc | undefined> {
  const before = await defaultVpcOf(records, accountId);
  if (before && isComplete(before, zones)) return before;
  if (!before && (await isUnwanted(records, accountId))) return undefined;
  const vpc = before ?? (await createDefaultVpc(records, accountId, newId));
  if (!vpc.defaultZones) await giveWayOut(records, vpc, newId);
  const subnets = await records.subnets.list({ vpcId: vpc.vpcId });
  for (const zone of zones) {
    if (vpc.defaultZones?.includes(zone)) continue;
    if (subnets.some(subnet => subnet.availabilityZone === zone && subnet.defaultForAz)) continue;
    await writeDefaultSubnet(records, vpc, zone, newId);
  }
  const complete = { ...vpc, defaultZones: [...new Set([...(vpc.defaultZones ?? []), ...zones])] };
  await records.vpcs.put(complete);
  return complete;
}

async function createDefaultVpc(records: RegionWriter, ownerId: string, newId: NewId): Promise<Vpc> {
  const vpc: Vpc = { vpcId: newId('vpc'), ownerId, cidrBlock: vpcCidrBlock, isDefault: true };
  await writeVpc(records, vpc, newId);
  return vpc;
}

/** An internet gateway and the route to it; default VPCs from before there were any have neither, nor a route table. */
async function giveWayOut(records: RegionWriter, vpc: Vpc, newId: NewId): Promise<void> {
  const { vpcId, ownerId } = vpc;
  const internetGatewayId = newId('igw');
  await records.internetGateways.put({ internetGatewayId, ownerId, vpcId });
  const table = (await records.routeTables.list({ vpcId })).find(isMain) ?? mainRouteTable(vpc, newId);
  const route = { destinationCidrBlock: anywhere, gatewayId: internetGatewayId };
  await records.routeTables.put({ ...table, routes: [route] });
}
