import { allocationNotFound } from '../../domain/elastic-address-errors.ts';
import { oneOf } from '../../domain/one-of.ts';
import { page } from '../../domain/pages.ts';
import { ownAddresses } from './elastic-address-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/**
 * The one attribute is the name an address is found under by a reverse look-up: none here has one.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddressesAttribute.html
 */
export const describeAddressesAttribute = operation('DescribeAddressesAttribute', async (input, context) => {
  oneOf('attribute', required(input.Attribute, 'Attribute'), ['domain-name']);
  const ids = idList('eipalloc', input.AllocationIds);
  const own = await ownAddresses(context.records.read, context);
  for (const id of ids) if (!own.some(one => one.allocationId === id)) throw allocationNotFound(id);
  const { items, NextToken } = page(
    own.filter(one => !ids.length || ids.includes(one.allocationId)),
    one => one.allocationId,
    {
      action: 'DescribeAddressesAttribute',
      MaxResults: input.MaxResults,
      NextToken: input.NextToken || undefined,
      least: 1,
      most: 1000,
    },
  );
  return {
    Addresses: items.map(one => ({ PublicIp: one.publicIp, AllocationId: one.allocationId })),
    NextToken,
  };
});
