import { operation } from './operation.ts';
import { required } from './request.ts';
import { groupById } from './security-group-lookup.ts';

/** References from other VPCs: without peering between them there are none. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html */
export const describeSecurityGroupReferences = operation(
  'DescribeSecurityGroupReferences',
  async (input, context) => {
    for (const id of required(input.GroupId, 'GroupId'))
      await groupById(context.records.read, context.caller.accountId, id);
    return { SecurityGroupReferenceSet: [] };
  },
);
