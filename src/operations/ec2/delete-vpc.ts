import { networkAclId } from '../../domain/network-acl.ts';
import { vpcInUse } from '../../domain/network-errors.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import { forgetTags } from '../tagging.ts';
import { isVpcInUse } from './network-users.ts';
import { operation } from './operation.ts';
import { ownVpc } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
export const deleteVpc = operation('DeleteVpc', (input, context) =>
  context.records.transaction(async records => {
    const { vpcId, ownerId, isDefault } = await ownVpc(records, context.caller.accountId, input.VpcId);
    if (await isVpcInUse(records, vpcId)) throw vpcInUse(vpcId);
    for (const id of [vpcId, networkAclId(vpcId), ...(await deleteBelongings(records, vpcId))])
      await forgetTags(records, id);
    await records.vpcs.delete(vpcId);
    if (isDefault) {
      const settings = await records.accountSettings.get(ownerId);
      await records.accountSettings.put({ ...settings, accountId: ownerId, hasNoDefaultVpc: true });
    }
    return {};
  }),
);

/** What the VPC was given when it was made; answers the ids of all of it. */
async function deleteBelongings(records: RegionWriter, vpcId: string): Promise<string[]> {
  const groups = await records.securityGroups.list({ vpcId });
  const tables = await records.routeTables.list({ vpcId });
  for (const { groupId } of groups) await records.securityGroups.delete(groupId);
  for (const { routeTableId } of tables) await records.routeTables.delete(routeTableId);
  return [
    ...groups.flatMap(({ groupId, rules }) => [groupId, ...rules.map(rule => rule.securityGroupRuleId)]),
    ...tables.map(table => table.routeTableId),
  ];
}
