/** Whether anything is in a network, so that it cannot be deleted. */
import { publicAddressesOf } from '../../domain/network-interface.ts';
import { isMain } from '../../domain/routing.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/** All but what every VPC has from its beginning: its default group and its main route table. */
export async function isVpcInUse(records: RegionReader, vpcId: string): Promise<boolean> {
  const [subnets, gateways, groups, tables, interfaces] = [
    await records.subnets.list({ vpcId }),
    await records.internetGateways.list({ vpcId }),
    await records.securityGroups.list({ vpcId }),
    await records.routeTables.list({ vpcId }),
    await records.networkInterfaces.list({ vpcId }, { limit: 1 }),
  ];
  return (
    subnets.length > 0 ||
    gateways.length > 0 ||
    groups.some(group => group.groupName !== 'default') ||
    !tables.every(isMain) ||
    interfaces.length > 0
  );
}

export async function isSubnetInUse(
  records: RegionReader,
  { subnetId }: { subnetId: string },
): Promise<boolean> {
  return (await records.networkInterfaces.list({ subnetId }, { limit: 1 })).length > 0;
}

export async function hasPublicAddresses(records: RegionReader, vpcId: string): Promise<boolean> {
  const interfaces = await records.networkInterfaces.list({ vpcId });
  return interfaces.some(one => publicAddressesOf(one).length > 0);
}
