/** Whether anything is in a network, so that it cannot be deleted. */
import { liveStates } from '../../domain/instance-state.ts';
import { isMain } from '../../domain/routing.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/** All but what every VPC has from its beginning: its default group and its main route table. */
export async function isVpcInUse(records: RegionReader, vpcId: string): Promise<boolean> {
  const [subnets, gateways, groups, tables, instances] = [
    await records.subnets.list({ vpcId }),
    await records.internetGateways.list({ vpcId }),
    await records.securityGroups.list({ vpcId }),
    await records.routeTables.list({ vpcId }),
    await records.instances.list({ vpcId, state: liveStates }),
  ];
  return (
    subnets.length > 0 ||
    gateways.length > 0 ||
    groups.some(group => group.groupName !== 'default') ||
    !tables.every(isMain) ||
    instances.length > 0
  );
}

export async function isSubnetInUse(
  records: RegionReader,
  { subnetId, vpcId }: { subnetId: string; vpcId: string },
): Promise<boolean> {
  const instances = await records.instances.list({ vpcId, state: liveStates });
  return instances.some(instance => instance.subnetId === subnetId);
}

export async function hasPublicAddresses(records: RegionReader, vpcId: string): Promise<boolean> {
  const instances = await records.instances.list({ vpcId, state: liveStates });
  return instances.some(instance => instance.publicIpAddress !== undefined);
}
