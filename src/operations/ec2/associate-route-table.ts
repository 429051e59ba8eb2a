import { associationConflict, otherNetworks } from '../../domain/routing-errors.ts';
import { refreshGuests } from './guest-refresh.ts';
import { operation } from './operation.ts';
import { refuseUnserved } from './refuse-unserved.ts';
import { ownRouteTable, ownSubnet } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html */
export const associateRouteTable = operation('AssociateRouteTable', async (input, context) => {
  const { accountId } = context.caller;
  refuseUnserved(
    input,
    ['GatewayId', 'PublicIpv4Pool'],
    'Route tables are of subnets: name one in SubnetId.',
  );
  const AssociationId = await context.records.transaction(async records => {
    const table = await ownRouteTable(records, accountId, input.RouteTableId);
    const { subnetId, vpcId } = await ownSubnet(records, accountId, input.SubnetId);
    if (vpcId !== table.vpcId) throw otherNetworks(table.routeTableId, `subnet ${subnetId}`);
    for (const other of await records.routeTables.list({ vpcId })) {
      const present = other.associations.find(one => one.subnetId === subnetId);
      if (present && other.routeTableId === table.routeTableId) return present.associationId;
      if (present) throw associationConflict(table.routeTableId);
    }
    const associationId = context.newId('rtbassoc');
    await records.routeTables.put({
      ...table,
      associations: [...table.associations, { associationId, subnetId }],
    });
    await refreshGuests(records, context, table);
    return associationId;
  });
  context.jobs.wake();
  return { AssociationId, AssociationState: { State: 'associated' } };
});
