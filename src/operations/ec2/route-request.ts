/** CreateRoute and ReplaceRoute name a destination and a target in the same words. */
import type { CreateRouteRequest, ReplaceRouteRequest } from '@aws-sdk/client-ec2';
import { formatCidr, parseCidr } from '../../domain/addresses.ts';
import { fail, missingParameter, unsupportedOperation } from '../../domain/errors.ts';
import { prefixOf } from '../../domain/ids.ts';
import type { Route, RouteTable } from '../../domain/network.ts';
import { noCidrBlock } from '../../domain/network-cidr.ts';
import { anywhere, isLocal } from '../../domain/routing.ts';
import {
  destinationUnsupported,
  moreSpecificThanLocal,
  otherNetworks,
  targetUnsupported,
} from '../../domain/routing-errors.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { refreshGuests } from './guest-refresh.ts';
import { ownGateway, ownVpc } from './vpc-lookup.ts';

interface Destination {
  DestinationCidrBlock?: string;
  DestinationIpv6CidrBlock?: string;
  DestinationPrefixListId?: string;
}

/** In the spelling without bits beyond the prefix. @throws MissingParameter, InvalidParameterValue, UnsupportedOperation */
export function destinationOf(input: Destination): string {
  if (input.DestinationIpv6CidrBlock)
    throw unsupportedOperation(
      'The parameter DestinationIpv6CidrBlock is not supported. Networks here have IPv4 addresses only.',
    );
  if (input.DestinationPrefixListId)
    throw unsupportedOperation(
      'The parameter DestinationPrefixListId is not supported. Name a DestinationCidrBlock.',
    );
  const text = input.DestinationCidrBlock;
  if (!text) throw missingParameter('DestinationCidrBlock');
  return formatCidr(parseCidr(text) ?? fail(noCidrBlock(text, 'destinationCidrBlock')));
}

type RouteInput = CreateRouteRequest | ReplaceRouteRequest;

const otherTargets = [
  'CarrierGatewayId',
  'CoreNetworkArn',
  'EgressOnlyInternetGatewayId',
  'InstanceId',
  'LocalGatewayId',
  'NatGatewayId',
  'NetworkInterfaceId',
  'OdbNetworkArn',
  'TransitGatewayId',
  'VpcEndpointId',
  'VpcPeeringConnectionId',
] as const satisfies readonly (keyof RouteInput)[];

/** @throws InvalidParameterValue, UnsupportedOperation, InvalidInternetGatewayID.NotFound */
export async function requestedRoute(
  records: RegionWriter,
  context: Context,
  table: RouteTable,
  input: RouteInput,
): Promise<Route> {
  const destinationCidrBlock = destinationOf(input);
  const { accountId } = context.caller;
  const other = otherTargets.find(name => input[name]);
  if (other !== undefined) throw targetUnsupported(other);
  const { GatewayId } = input;
  if (!GatewayId) throw missingParameter('GatewayId');
  const vpc = await ownVpc(records, accountId, table.vpcId);
  if (isLocal(vpc, destinationCidrBlock)) throw moreSpecificThanLocal(destinationCidrBlock);
  // A virtual private gateway, a VPC endpoint, or `local`.
  if (prefixOf(GatewayId) !== 'igw') throw targetUnsupported(`GatewayId ${GatewayId}`);
  const gateway = await ownGateway(records, accountId, GatewayId);
  if (gateway.vpcId !== table.vpcId)
    throw otherNetworks(table.routeTableId, `network gateway ${gateway.internetGatewayId}`);
  if (destinationCidrBlock !== anywhere) throw destinationUnsupported(destinationCidrBlock);
  return { destinationCidrBlock, gatewayId: gateway.internetGatewayId };
}

export async function writeRoutes(
  records: RegionWriter,
  context: Context,
  table: RouteTable,
  routes: Route[],
): Promise<void> {
  await records.routeTables.put({ ...table, routes });
  await refreshGuests(records, context, table);
}
