/** Errors about internet gateways and route tables, in AWS's words where they are known. */
import {
  ApiError,
  invalidParameterCombination,
  invalidParameterValue,
  unsupportedOperation,
} from './errors.ts';

export const gatewayNotFound = (id: string) =>
  new ApiError('InvalidInternetGatewayID.NotFound', `The internetGateway ID '${id}' does not exist`);
export const gatewayAttached = (id: string, vpcId: string) =>
  new ApiError('Resource.AlreadyAssociated', `resource ${id} is already attached to network ${vpcId}`);
export const vpcHasGateway = (vpcId: string) =>
  invalidParameterValue(`Network ${vpcId} already has an internet gateway attached`);
export const gatewayNotAttached = (id: string, vpcId: string) =>
  new ApiError('Gateway.NotAttached', `resource ${id} is not attached to network ${vpcId}`);
export const publicAddressesMapped = (vpcId: string) =>
  new ApiError(
    'DependencyViolation',
    `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  );
export const tooManyGateways = () =>
  new ApiError('InternetGatewayLimitExceeded', 'The maximum number of internet gateways has been reached.');

export const routeTableNotFound = (id: string) =>
  new ApiError('InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`);
export const tooManyRouteTables = () =>
  new ApiError('RouteTableLimitExceeded', 'The maximum number of route tables has been reached.');
export const associationNotFound = (id: string) =>
  new ApiError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
export const associationConflict = (routeTableId: string) =>
  new ApiError(
    'Resource.AlreadyAssociated',
    `the specified association for route table ${routeTableId} conflicts with an existing association`,
  );
export const mainAssociationStays = (associationId: string) =>
  invalidParameterValue(`cannot disassociate the main route table association ${associationId}`);
export const otherNetworks = (routeTableId: string, what: string) =>
  invalidParameterValue(`route table ${routeTableId} and ${what} belong to different networks`);

export const routeExists = (destination: string) =>
  new ApiError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
export const tooManyRoutes = () =>
  new ApiError('RouteLimitExceeded', 'The maximum number of routes has been reached.');
export const routeNotFound = (destination: string, routeTableId: string) =>
  new ApiError(
    'InvalidRoute.NotFound',
    `no route with destination-cidr-block ${destination} in route table ${routeTableId}`,
  );
export const noRouteToReplace = (destination: string) =>
  invalidParameterValue(
    `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
  );
export const localRouteStays = (destination: string, routeTableId: string) =>
  invalidParameterValue(`cannot remove local route ${destination} in route table ${routeTableId}`);
export const moreSpecificThanLocal = (destination: string) =>
  invalidParameterValue(
    `The destination CIDR block ${destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
  );
const oneTarget = 'The request must contain exactly one of gatewayId, networkInterfaceId or instanceId';
export const noTarget = () => new ApiError('MissingParameter', oneTarget);
export const severalTargets = () => invalidParameterCombination(oneTarget);
export const targetUnsupported = (parameter: string) =>
  unsupportedOperation(
    `The parameter ${parameter} is not supported. Routes lead to an internet gateway, a network interface or an instance: name one in GatewayId, NetworkInterfaceId or InstanceId.`,
  );
export const destinationUnsupported = (destination: string) =>
  unsupportedOperation(
    `The destination ${destination} is not supported. Routes to an internet gateway are of 0.0.0.0/0.`,
  );
/** AWS takes these for appliances; here what is in the VPC is always reached directly. */
export const withinVpcUnsupported = (destination: string, cidrBlock: string) =>
  unsupportedOperation(
    `The destination ${destination} is not supported: it is within the VPC's CIDR block ${cidrBlock}, where all traffic is local. Name one outside of it.`,
  );
/** [R] text; the range is AWS's. */
export const reservedDestination = (destination: string) =>
  invalidParameterValue(
    `The destination CIDR block ${destination} is within 169.254.168.0/22, which is reserved.`,
  );
