import { type Filter, matcher } from '../../domain/filters.ts';
import type { NetworkInterface } from '../../domain/network-interface.ts';
import { interfaceNotFound } from '../../domain/network-interface-errors.ts';
import { networkInterfaceFilters } from '../../domain/network-interface-filters.ts';
import type { InterfaceView } from '../../domain/network-interface-view.ts';
import { pageLimit } from '../../domain/pages.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { inBatches, type Listing, listPage, readerOf } from '../listing.ts';
import { pageTokens } from '../page-tokens.ts';
import { byTags, literally, narrowed } from './narrowing.ts';
import { viewInterfaces } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { presentNetworkInterface } from './present/network-interface.ts';
import { idList } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export const describeNetworkInterfaces = operation('DescribeNetworkInterfaces', async (input, context) => {
  const { accountId } = context.caller;
  const { read } = context.records;
  const ids = idList('eni', input.NetworkInterfaceIds);
  const limit = pageLimit({
    MaxResults: input.MaxResults,
    least: 5,
    most: 1000,
    ids: { given: ids.length > 0, set: 'networkInterfaceIdSet' },
  });
  const { after, seal } = pageTokens(context, 'DescribeNetworkInterfaces', input);
  const matches = matcher(input.Filters, networkInterfaceFilters, (view: InterfaceView) => view.tags);

  const views = new Map<NetworkInterface, InterfaceView>();
  async function admit(interfaces: NetworkInterface[]): Promise<NetworkInterface[]> {
    const own = interfaces.filter(one => one.ownerId === accountId);
    const admitted = (await viewInterfaces(read, context, own)).filter(matches);
    for (const view of admitted) views.set(view.networkInterface, view);
    return admitted.map(view => view.networkInterface);
  }
  const found = ids.length
    ? await named(read, context, ids)
    : await narrowedInterfaces(read, accountId, input.Filters);
  const listing: Listing<NetworkInterface> = {
    read: found
      ? readerOf(found, placeOf)
      : (from, most) => read.networkInterfaces.list({ ownerId: accountId }, { after: from, limit: most }),
    place: placeOf,
    admit,
  };
  const { items, next } = await listPage(listing, after, limit);
  return {
    NetworkInterfaces: items.map(one => presentNetworkInterface(views.get(one)!)),
    NextToken: next && seal(next),
  };
});

const placeOf = (one: NetworkInterface) => one.networkInterfaceId;

/** @throws InvalidNetworkInterfaceID.NotFound */
async function named(
  records: RegionReader,
  context: Context,
  ids: readonly string[],
): Promise<NetworkInterface[]> {
  const { accountId } = context.caller;
  const found = (await records.networkInterfaces.getMany(ids)).filter(one => one.ownerId === accountId);
  const known = new Set(found.map(placeOf));
  for (const id of ids) if (!known.has(id)) throw interfaceNotFound(id);
  return found;
}

/** Interfaces by the filters that name few of them, whoever owns those; undefined when none does. */
function narrowedInterfaces(
  records: RegionReader,
  accountId: string,
  filters: readonly Filter[] | undefined,
): Promise<NetworkInterface[] | undefined> {
  const { networkInterfaces } = records;
  const getMany = (ids: readonly string[]) => inBatches(ids, some => networkInterfaces.getMany(some));
  const own = (field: string) =>
    literally((values, limit) => networkInterfaces.list({ ownerId: accountId, [field]: values }, { limit }));
  return narrowed<NetworkInterface>(filters, [
    ['network-interface-id', literally(getMany)],
    ['attachment.attachment-id', own('attachmentId')],
    ['attachment.instance-id', own('instanceId')],
    ...byTags(records, accountId, filters, getMany),
    ['subnet-id', own('subnetId')],
    ['vpc-id', own('vpcId')],
  ]);
}
