import { invalidParameterValue } from '../../domain/errors.ts';
import type { SecurityGroup } from '../../domain/network.ts';
import { groupDuplicate } from '../../domain/network-errors.ts';
import { settleTags } from '../../domain/tags.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { defaultNetwork } from '../default-network.ts';
import { allowAllEgress } from '../new-vpc.ts';
import { writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { securityGroupArn } from './present/security-group.ts';
import { presentTags } from './present/tags.ts';
import { optionalId, required } from './request.ts';
import { ownVpc } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export const createSecurityGroup = operation('CreateSecurityGroup', async (input, context) => {
  const groupName = checkName(required(input.GroupName, 'GroupName'));
  const description = checkDescription(required(input.Description, 'GroupDescription'));
  const vpcId = optionalId('vpc', input.VpcId);
  const tags = settleTags(input.TagSpecifications, ['security-group'])['security-group'];
  return context.records.transaction(async records => {
    const group: SecurityGroup = {
      groupId: context.newId('sg'),
      groupName,
      description,
      ownerId: context.caller.accountId,
      vpcId: await vpcFor(records, context, vpcId),
      rules: [allowAllEgress(context.newId)],
    };
    const [taken] = await records.securityGroups.list({ vpcId: group.vpcId, groupName });
    if (taken) throw groupDuplicate(groupName, group.vpcId);
    await records.securityGroups.put(group);
    await writeTags(records, group.ownerId, { id: group.groupId, type: 'security-group' }, tags);
    return {
      GroupId: group.groupId,
      SecurityGroupArn: securityGroupArn(group, context.region.name),
      Tags: presentTags(tags ?? {}),
    };
  });
});

async function vpcFor(records: RegionWriter, context: Context, vpcId: string | undefined): Promise<string> {
  const { accountId } = context.caller;
  if (vpcId === undefined)
    return (await defaultNetwork(records, accountId, context.region.zones, context.newId)).vpcId;
  return (await ownVpc(records, accountId, vpcId)).vpcId;
}

function checkName(name: string): string {
  if (name.startsWith('sg-'))
    throw invalidParameterValue(
      `Invalid value '${name}' for groupName. Group names may not be in the format sg-*`,
    );
  if (name === 'default') throw invalidParameterValue('Cannot use reserved security group name: default');
  return checkText(name, 'groupName');
}

const checkDescription = (description: string) => checkText(description, 'groupDescription');

/** The characters AWS allows in a VPC's groups, at most 255. */
function checkText(text: string, parameter: string): string {
  if (text.length > 255 || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(text))
    throw invalidParameterValue(
      `Value (${text.slice(0, 300)}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`,
    );
  return text;
}
