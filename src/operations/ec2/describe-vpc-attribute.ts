import { invalidParameterValue } from '../../domain/errors.ts';
import { hasDnsHostnames, supportsDns } from '../../domain/vpc-attributes.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';
import { ownVpc } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export const describeVpcAttribute = operation('DescribeVpcAttribute', async (input, context) => {
  const attribute: string = required(input.Attribute, 'Attribute');
  const vpc = await ownVpc(context.records.read, context.caller.accountId, input.VpcId);
  const { vpcId: VpcId } = vpc;
  switch (attribute) {
    case 'enableDnsSupport':
      return { VpcId, EnableDnsSupport: { Value: supportsDns(vpc) } };
    case 'enableDnsHostnames':
      return { VpcId, EnableDnsHostnames: { Value: hasDnsHostnames(vpc) } };
    case 'enableNetworkAddressUsageMetrics':
      return {
        VpcId,
        EnableNetworkAddressUsageMetrics: { Value: vpc.enableNetworkAddressUsageMetrics ?? false },
      };
  }
  throw invalidParameterValue(`Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`);
});
