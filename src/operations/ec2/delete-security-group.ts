import { groupCannotBeDeleted, groupInUse } from '../../domain/network-errors.ts';
import { forgetTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { findGroup } from './security-group-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html */
export const deleteSecurityGroup = operation('DeleteSecurityGroup', (input, context) =>
  context.records.transaction(async records => {
    const { groupId, groupName, vpcId, rules } = await findGroup(records, context, input);
    if (groupName === 'default') throw groupCannotBeDeleted(groupId, groupName);
    const interfaces = await records.networkInterfaces.list({ vpcId });
    const groups = await records.securityGroups.list({ vpcId });
    const isUsed =
      interfaces.some(one => one.securityGroupIds.includes(groupId)) ||
      groups.some(
        group => group.groupId !== groupId && group.rules.some(rule => rule.referencedGroupId === groupId),
      );
    if (isUsed) throw groupInUse(groupId);
    await records.securityGroups.delete(groupId);
    for (const id of [groupId, ...rules.map(rule => rule.securityGroupRuleId)]) await forgetTags(records, id);
    return { Return: true, GroupId: groupId };
  }),
);
