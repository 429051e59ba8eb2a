import { otherNetworks } from '../../domain/routing-errors.ts';
import { refreshGuests } from './guest-refresh.ts';
import { operation } from './operation.ts';
import { ownAssociation, without } from './route-table-associations.ts';
import { ownRouteTable } from './vpc-lookup.ts';

/** Gives a subnet another table, or, by the main association, all subnets that have none of their own. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html */
export const replaceRouteTableAssociation = operation(
  'ReplaceRouteTableAssociation',
  async (input, context) => {
    const { accountId } = context.caller;
    const NewAssociationId = await context.records.transaction(async records => {
      const { table, association } = await ownAssociation(records, accountId, input.AssociationId);
      const next = await ownRouteTable(records, accountId, input.RouteTableId);
      if (next.vpcId !== table.vpcId)
        throw otherNetworks(next.routeTableId, `association ${association.associationId}`);
      const associationId = context.newId('rtbassoc');
      const before = without(table, association);
      const { associations } = next.routeTableId === table.routeTableId ? before : next;
      // The old one first: a VPC has one main table at any moment.
      await records.routeTables.put(before);
      await records.routeTables.put({
        ...next,
        associations: [...associations, { ...association, associationId }],
      });
      await refreshGuests(records, context, next);
      return associationId;
    });
    context.jobs.wake();
    return { NewAssociationId, AssociationState: { State: 'associated' } };
  },
);
