import { invalidParameterCombination, missingParameter } from '../../domain/errors.ts';
import { supportsDns } from '../../domain/vpc-attributes.ts';
import { refreshGuests } from './guest-refresh.ts';
import { operation } from './operation.ts';
import { ownVpc } from './vpc-lookup.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
 * One attribute in one request, as on AWS. Address usage metrics are remembered and not taken: there is no CloudWatch.
 */
export const modifyVpcAttribute = operation('ModifyVpcAttribute', async (input, context) => {
  const { EnableDnsSupport, EnableDnsHostnames, EnableNetworkAddressUsageMetrics } = input;
  const changes = {
    enableDnsSupport: EnableDnsSupport?.Value,
    enableDnsHostnames: EnableDnsHostnames?.Value,
    enableNetworkAddressUsageMetrics: EnableNetworkAddressUsageMetrics?.Value,
  };
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (!given.length) throw missingParameter('Attribute');
  if (given.length > 1)
    throw invalidParameterCombination(
      `Fields for multiple attribute types specified: ${given.map(([name]) => name).join(', ')}`,
    );
  await context.records.transaction(async records => {
    const vpc = await ownVpc(records, context.caller.accountId, input.VpcId);
    if (changes.enableDnsHostnames && !supportsDns(vpc))
      throw invalidParameterCombination(
        'DNS hostnames need DNS support: enable enableDnsSupport of the VPC first.',
      );
    await records.vpcs.put({ ...vpc, ...Object.fromEntries(given) });
    await refreshGuests(records, context, vpc);
  });
  context.jobs.wake();
  return {};
});
