import type * as sdk from '@aws-sdk/client-ec2';
import { type ElasticAddressView, elasticAddressFilters } from '../../domain/elastic-address.ts';
import { addressNotFound, allocationNotFound } from '../../domain/elastic-address-errors.ts';
import { matcher } from '../../domain/filters.ts';
import { ownAddresses, viewAddresses } from './elastic-address-lookup.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';
import { idList } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html */
export const describeAddresses = operation('DescribeAddresses', async (input, context) => {
  const ids = idList('eipalloc', input.AllocationIds);
  const publicIps = input.PublicIps ?? [];
  const matches = matcher(input.Filters, elasticAddressFilters, (view: ElasticAddressView) => view.tags);
  const records = context.records.read;
  const own = await ownAddresses(records, context);
  for (const id of ids) if (!own.some(one => one.allocationId === id)) throw allocationNotFound(id);
  for (const ip of publicIps) if (!own.some(one => one.publicIp === ip)) throw addressNotFound(ip);
  const asked = own.filter(
    one =>
      (!ids.length || ids.includes(one.allocationId)) &&
      (!publicIps.length || publicIps.includes(one.publicIp)),
  );
  const views = await viewAddresses(records, context, asked);
  return { Addresses: views.filter(matches).map(present) };
});

function present({ address, networkInterface, target, region, tags }: ElasticAddressView): sdk.Address {
  return {
    PublicIp: address.publicIp,
    AllocationId: address.allocationId,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: region,
    AssociationId: target?.publicAddress?.elastic?.associationId,
    InstanceId: networkInterface?.attachment?.instanceId,
    NetworkInterfaceId: networkInterface?.networkInterfaceId,
    NetworkInterfaceOwnerId: networkInterface?.ownerId,
    PrivateIpAddress: target?.privateIpAddress,
    Tags: presentTags(tags),
  };
}
