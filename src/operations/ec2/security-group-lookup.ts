import { missingParameter } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { SecurityGroup } from '../../domain/network.ts';
import { groupNotFound } from '../../domain/network-errors.ts';
import type { RegionReader, RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { defaultNetwork } from '../default-network.ts';

/** The caller's group by id, or by name within the default VPC. @throws MissingParameter, InvalidGroup.NotFound */
export async function findGroup(
  records: RegionWriter,
  context: Context,
  { GroupId, GroupName }: { GroupId?: string; GroupName?: string },
): Promise<SecurityGroup> {
  if (GroupId) return groupById(records, context.caller.accountId, GroupId);
  if (!GroupName) throw missingParameter('GroupId');
  const { accountId } = context.caller;
  const vpc = await defaultNetwork(records, accountId, context.region.zones, context.newId);
  return groupByName(records, vpc.vpcId, GroupName);
}

export async function groupById(
  records: RegionReader,
  accountId: string,
  id: string,
): Promise<SecurityGroup> {
  const group = await records.securityGroups.get(checkId('sg', id));
  if (group?.ownerId !== accountId) throw groupNotFound(id);
  return group;
}

export async function groupByName(
  records: RegionReader,
  vpcId: string,
  name: string,
): Promise<SecurityGroup> {
  const [group] = await records.securityGroups.list({ vpcId, groupName: name });
  if (!group) throw groupNotFound(name);
  return group;
}
