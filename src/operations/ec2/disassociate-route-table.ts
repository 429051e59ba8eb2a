import { mainAssociationStays } from '../../domain/routing-errors.ts';
import { refreshGuests } from './guest-refresh.ts';
import { operation } from './operation.ts';
import { ownAssociation, without } from './route-table-associations.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html */
export const disassociateRouteTable = operation('DisassociateRouteTable', async (input, context) => {
  const { accountId } = context.caller;
  await context.records.transaction(async records => {
    const { table, association } = await ownAssociation(records, accountId, input.AssociationId);
    if (association.subnetId === undefined) throw mainAssociationStays(association.associationId);
    await records.routeTables.put(without(table, association));
    await refreshGuests(records, context, table);
  });
  context.jobs.wake();
  return {};
});
