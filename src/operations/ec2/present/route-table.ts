import type * as sdk from '@aws-sdk/client-ec2';
import { type RouteTableView, shownRoutes } from '../../../domain/routing-filters.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

export function presentRouteTable(view: RouteTableView, tags: Tags): sdk.RouteTable {
  const { table } = view;
  return {
    RouteTableId: table.routeTableId,
    OwnerId: table.ownerId,
    VpcId: table.vpcId,
    Associations: table.associations.map(association => ({
      RouteTableAssociationId: association.associationId,
      RouteTableId: table.routeTableId,
      SubnetId: association.subnetId,
      Main: association.subnetId === undefined,
      AssociationState: { State: 'associated' },
    })),
    Routes: shownRoutes(view).map(route => ({
      DestinationCidrBlock: route.destinationCidrBlock,
      GatewayId: route.gatewayId,
      InstanceId: route.instanceId,
      InstanceOwnerId: route.instanceOwnerId,
      NetworkInterfaceId: route.networkInterfaceId,
      Origin: route.origin,
      State: route.state,
    })),
    PropagatingVgws: [],
    Tags: presentTags(tags),
  };
}
