/** CreateRoute and ReplaceRoute name a destination and a target in the same words. */
import type { CreateRouteRequest, ReplaceRouteRequest } from '@aws-sdk/client-ec2';
import { formatCidr, parseCidr } from '../../domain/addresses.ts';
import { fail, missingParameter, unsupportedOperation } from '../../domain/errors.ts';
import { prefixOf } from '../../domain/ids.ts';
import type { Route, RouteTable, Vpc } from '../../domain/network.ts';
import { noCidrBlock } from '../../domain/network-cidr.ts';
import { anywhere, isLocal, isReservedDestination } from '../../domain/routing.ts';
import {
  destinationUnsupported,
  moreSpecificThanLocal,
  noTarget,
  otherNetworks,
  reservedDestination,
  severalTargets,
  targetUnsupported,
  withinVpcUnsupported,
} from '../../domain/routing-errors.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { refreshGuests } from './guest-refresh.ts';
import { findInstances, instanceIds } from './instance-lookup.ts';
import { findInterface, onlyInterface } from './network-interface-lookup.ts';
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
  'LocalGatewayId',
  'NatGatewayId',
  'OdbNetworkArn',
  'TransitGatewayId',
  'VpcEndpointId',
  'VpcPeeringConnectionId',
] as const satisfies readonly (keyof RouteInput)[];

/**
 * @throws MissingParameter, InvalidParameterCombination, InvalidParameterValue, UnsupportedOperation,
 * InvalidInternetGatewayID.NotFound, InvalidNetworkInterfaceID.NotFound, InvalidInstanceID.NotFound, InvalidInstanceID
 */
export async function requestedRoute(
  records: RegionWriter,
  context: Context,
  table: RouteTable,
  input: RouteInput,
): Promise<Route> {
  const destinationCidrBlock = destinationOf(input);
  const other = otherTargets.find(name => input[name]);
  if (other !== undefined) throw targetUnsupported(other);
  const { GatewayId, NetworkInterfaceId, InstanceId } = input;
  const [target, ...more] = [GatewayId, NetworkInterfaceId, InstanceId].filter(Boolean);
  if (!target) throw noTarget();
  if (more.length) throw severalTargets();
  const vpc = await ownVpc(records, context.caller.accountId, table.vpcId);
  if (GatewayId) return toGateway(records, context, table, vpc, destinationCidrBlock, GatewayId);
  const { networkInterfaceId, vpcId } = NetworkInterfaceId
    ? await findInterface(records, context, NetworkInterfaceId)
    : await interfaceOf(records, context, InstanceId);
  if (vpcId !== table.vpcId) throw otherNetworks(table.routeTableId, `interface ${networkInterfaceId}`);
  if (isLocal(vpc, destinationCidrBlock)) throw withinVpcUnsupported(destinationCidrBlock, vpc.cidrBlock);
  if (isReservedDestination(destinationCidrBlock)) throw reservedDestination(destinationCidrBlock);
  return { destinationCidrBlock, networkInterfaceId };
}

async function toGateway(
  records: RegionWriter,
  context: Context,
  table: RouteTable,
  vpc: Vpc,
  destinationCidrBlock: string,
  gatewayId: string,
): Promise<Route> {
  if (isLocal(vpc, destinationCidrBlock)) throw moreSpecificThanLocal(destinationCidrBlock);
  // A virtual private gateway, a VPC endpoint, or `local`.
  if (prefixOf(gatewayId) !== 'igw') throw targetUnsupported(`GatewayId ${gatewayId}`);
  const gateway = await ownGateway(records, context.caller.accountId, gatewayId);
  if (gateway.vpcId !== table.vpcId)
    throw otherNetworks(table.routeTableId, `network gateway ${gateway.internetGatewayId}`);
  if (destinationCidrBlock !== anywhere) throw destinationUnsupported(destinationCidrBlock);
  return { destinationCidrBlock, gatewayId: gateway.internetGatewayId };
}

async function interfaceOf(records: RegionWriter, context: Context, instanceId: string | undefined) {
  const [instance] = await findInstances(records, context, instanceIds(instanceId ? [instanceId] : []));
  return onlyInterface(records, instance!.instanceId);
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
