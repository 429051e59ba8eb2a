import { matcher } from '../../domain/filters.ts';
import { subnetNotFound } from '../../domain/network-errors.ts';
import { availableAddresses, subnetArn, subnetFilters } from '../../domain/network-filters.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { page } from '../../domain/pages.ts';
import { ensureDefaultNetwork } from '../default-network.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';
import { idList, idsOrPages } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const describeSubnets = operation('DescribeSubnets', async (input, context) => {
  const { accountId } = context.caller;
  const { name: region, zones } = context.region;
  const records = context.records.read;
  const ids = idList('subnet', input.SubnetIds);
  idsOrPages('SubnetIds', ids, input.MaxResults);
  await ensureDefaultNetwork(context.records, accountId, zones, context.newId);
  const own = await records.subnets.list({ ownerId: accountId });
  const missing = ids.find(id => !own.some(subnet => subnet.subnetId === id));
  if (missing !== undefined) throw subnetNotFound(missing);
  const interfaces = await records.networkInterfaces.list({ ownerId: accountId });
  const tags = await loadTags(
    records,
    accountId,
    own.map(subnet => subnet.subnetId),
  );
  const views = own
    .filter(subnet => !ids.length || ids.includes(subnet.subnetId))
    .map(subnet => ({ subnet, region, availableAddresses: availableAddresses(subnet, interfaces) }));
  const { items, NextToken } = page(
    views.filter(matcher(input.Filters, subnetFilters, ({ subnet }) => tags(subnet.subnetId))),
    ({ subnet }) => subnet.subnetId,
    { ...input, action: 'DescribeSubnets', least: 5, most: 1000 },
  );
  return {
    Subnets: items.map(view => ({
      SubnetId: view.subnet.subnetId,
      SubnetArn: subnetArn(view),
      VpcId: view.subnet.vpcId,
      OwnerId: view.subnet.ownerId,
      CidrBlock: view.subnet.cidrBlock,
      AvailableIpAddressCount: view.availableAddresses,
      AvailabilityZone: view.subnet.availabilityZone,
      AvailabilityZoneId: zoneId(view.subnet.availabilityZone),
      DefaultForAz: view.subnet.defaultForAz,
      MapPublicIpOnLaunch: view.subnet.defaultForAz,
      MapCustomerOwnedIpOnLaunch: false,
      AssignIpv6AddressOnCreation: false,
      Ipv6CidrBlockAssociationSet: [],
      EnableDns64: false,
      Ipv6Native: false,
      PrivateDnsNameOptionsOnLaunch: {
        HostnameType: 'ip-name' as const,
        EnableResourceNameDnsARecord: false,
        EnableResourceNameDnsAAAARecord: false,
      },
      State: 'available' as const,
      Tags: presentTags(tags(view.subnet.subnetId)),
    })),
    NextToken,
  };
});
