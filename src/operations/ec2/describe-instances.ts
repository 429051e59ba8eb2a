import type { Reservation } from '@aws-sdk/client-ec2';
import { type Filter, matcher } from '../../domain/filters.ts';
import type { Instance } from '../../domain/instance.ts';
import { instanceFilters } from '../../domain/instance-filters.ts';
import { isVisible } from '../../domain/instance-state.ts';
import type { InstanceView } from '../../domain/instance-view.ts';
import { pageLimit } from '../../domain/pages.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { inBatches, type Listing, listPage, readerOf } from '../listing.ts';
import { pageTokens } from '../page-tokens.ts';
import { findInstances, viewInstances } from './instance-lookup.ts';
import { byTags, literally, narrowed } from './narrowing.ts';
import { operation } from './operation.ts';
import { presentInstance } from './present/instance.ts';
import { idList } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export const describeInstances = operation('DescribeInstances', async (input, context) => {
  const { accountId } = context.caller;
  const { read } = context.records;
  const ids = idList('i', input.InstanceIds);
  const limit = pageLimit({
    MaxResults: input.MaxResults,
    least: 5,
    most: 1000,
    ids: { given: ids.length > 0, set: 'instancesSet' },
  });
  const { after, seal } = pageTokens(context, 'DescribeInstances', input);
  const matches = matcher(input.Filters, instanceFilters, (view: InstanceView) => view.tags);
  const now = context.now();
  const isOwn = (instance: Instance) => instance.ownerId === accountId && isVisible(instance, now);

  const views = new Map<string, InstanceView>();
  async function admit(instances: Instance[]): Promise<Instance[]> {
    const found = await viewInstances(read, context, instances.filter(isOwn));
    const admitted = found.filter(matches);
    for (const view of admitted) views.set(view.instance.instanceId, view);
    return admitted.map(view => view.instance);
  }
  const found = ids.length
    ? await findInstances(read, context, ids)
    : await narrowedInstances(read, accountId, input.Filters);
  const listing: Listing<Instance> = {
    read: found
      ? readerOf(found, placeOf)
      : (after, limit) => read.instances.list({ ownerId: accountId }, { after, limit }),
    place: placeOf,
    admit,
  };
  const { items, next } = await listPage(listing, after, limit);
  return {
    Reservations: reservations(items.map(instance => views.get(instance.instanceId)!)),
    NextToken: next && seal(next),
  };
});

const placeOf = (instance: Instance) => instance.instanceId;

/** Instances by the filters that name few of them, whoever owns those; undefined when none does. */
function narrowedInstances(
  records: RegionReader,
  accountId: string,
  filters: readonly Filter[] | undefined,
): Promise<Instance[] | undefined> {
  const { instances } = records;
  const getMany = (ids: readonly string[]) => inBatches(ids, some => instances.getMany(some));
  const own = (field: string) =>
    literally((values, limit) => instances.list({ ownerId: accountId, [field]: values }, { limit }));
  return narrowed<Instance>(filters, [
    ['instance-id', literally(getMany)],
    ['reservation-id', own('reservationId')],
    ...byTags(records, accountId, filters, getMany),
    ['image-id', own('imageId')],
    ['instance-state-name', own('state')],
    ['vpc-id', own('vpcId')],
  ]);
}

/** Those of one launch stand together, in its order. */
function reservations(views: readonly InstanceView[]): Reservation[] {
  const byId = Map.groupBy(views, view => view.instance.reservationId);
  return [...byId].map(([ReservationId, members]) => ({
    ReservationId,
    OwnerId: members[0]!.instance.ownerId,
    Groups: [],
    Instances: members
      .toSorted((a, b) => a.instance.amiLaunchIndex - b.instance.amiLaunchIndex)
      .map(presentInstance),
  }));
}
