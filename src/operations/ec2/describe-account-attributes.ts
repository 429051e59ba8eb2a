import { mostElasticAddresses } from '../../domain/elastic-address.ts';
import { invalidParameterValue } from '../../domain/errors.ts';
import { mostInstances } from '../../domain/instance-limits.ts';
import type { Context } from '../context.ts';
import { defaultVpcOf, ensureDefaultNetwork } from '../default-network.ts';
import { operation } from './operation.ts';

const attributes: Readonly<Record<string, (context: Context) => Promise<string> | string>> = {
  'supported-platforms': () => 'VPC',
  'default-vpc': async ({ caller, records, region, newId }) => {
    await ensureDefaultNetwork(records, caller.accountId, region.zones, newId);
    return (await defaultVpcOf(records.read, caller.accountId))?.vpcId ?? 'none';
  },
  'max-instances': () => String(mostInstances),
  'vpc-max-security-groups-per-interface': () => '5',
  // Elastic IP addresses, of which all are for VPCs.
  'max-elastic-ips': () => String(mostElasticAddresses),
  'vpc-max-elastic-ips': () => String(mostElasticAddresses),
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export const describeAccountAttributes = operation('DescribeAccountAttributes', async (input, context) => {
  const names: readonly string[] = input.AttributeNames?.length
    ? input.AttributeNames
    : Object.keys(attributes);
  const unknown = names.find(name => !Object.hasOwn(attributes, name));
  if (unknown !== undefined)
    throw invalidParameterValue(`Value (${unknown}) for parameter attributeName is invalid.`);
  return {
    AccountAttributes: await Promise.all(
      names.map(async name => ({
        AttributeName: name,
        AttributeValues: [{ AttributeValue: await attributes[name]!(context) }],
      })),
    ),
  };
});
