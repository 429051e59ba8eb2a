import {
  ApiError,
  invalidParameterCombination,
  invalidParameterValue,
  unsupportedOperation,
} from './errors.ts';

/** Errors about Elastic IP addresses, named by their AWS code. */
export const allocationNotFound = (id: string) =>
  new ApiError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`);
export const associationNotFound = (id: string) =>
  new ApiError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
export const addressNotFound = (publicIp: string) =>
  new ApiError('InvalidAddress.NotFound', `Address '${publicIp}' not found.`);
export const alreadyAssociated = (allocationId: string, associationId: string) =>
  new ApiError(
    'Resource.AlreadyAssociated',
    `resource ${allocationId} is already associated with associate-id ${associationId}`,
  );
export const instanceNotAssociable = (instanceId: string, state: string) =>
  new ApiError(
    'InvalidInstanceID',
    `The ${state} instance '${instanceId}' is not in a valid state for this operation.`,
  );
export const noGateway = (vpcId: string) =>
  new ApiError('Gateway.NotAttached', `Network ${vpcId} is not attached to any internet gateway`);
export const classicUnsupported = () =>
  unsupportedOperation("Elastic IP addresses are for VPCs: leave Domain out, or say 'vpc'.");

/** [R] texts */
export const notBothAddresses = () =>
  invalidParameterCombination('You may specify public IP or allocation id, but not both in the same call');
export const notBothTargets = () =>
  invalidParameterCombination(
    'You may specify an instance ID or a network interface ID, but not both in the same call',
  );
export const notAnAddressOf = (privateIpAddress: string, networkInterfaceId: string) =>
  invalidParameterValue(
    `The private IP address ${privateIpAddress} is not assigned to interface ${networkInterfaceId}`,
  );
export const otherBorderGroup = (group: string, region: string) =>
  invalidParameterValue(
    `Value (${group}) for parameter networkBorderGroup is invalid. Addresses of this region are in the group ${region}.`,
  );
