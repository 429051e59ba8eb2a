import type { Reservation } from '@aws-sdk/client-ec2';
import { matcher } from '../../domain/filters.ts';
import { instanceFilters } from '../../domain/instance-filters.ts';
import type { InstanceView } from '../../domain/instance-view.ts';
import { page } from '../../domain/pages.ts';
import { askedInstances, viewInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentInstance } from './present/instance.ts';
import { idList } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export const describeInstances = operation('DescribeInstances', async (input, context) => {
  const ids = idList('i', input.InstanceIds);
  const matches = matcher(input.Filters, instanceFilters, (view: InstanceView) => view.tags);
  const instances = await askedInstances(context, ids);
  const views = (await viewInstances(context.records.read, context, instances))
    .filter(matches)
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const { items, NextToken } = page(views, orderOf, {
    ...input,
    action: 'DescribeInstances',
    least: 5,
    most: 1000,
    ids: { given: ids.length > 0, set: 'instancesSet' },
  });
  return { Reservations: reservations(items), NextToken };
});

/** Instances of one launch stand together, in its order. */
function orderOf({ instance }: InstanceView): string {
  return `${instance.reservationId}/${String(instance.amiLaunchIndex).padStart(6, '0')}/${instance.instanceId}`;
}

function reservations(views: readonly InstanceView[]): Reservation[] {
  const byId = Map.groupBy(views, view => view.instance.reservationId);
  return [...byId].map(([ReservationId, members]) => ({
    ReservationId,
    OwnerId: members[0]!.instance.ownerId,
    Groups: [],
    Instances: members.map(presentInstance),
  }));
}
