import {
  ApiError,
  invalidParameterCombination,
  invalidParameterValue,
  operationNotPermitted,
  unsupportedOperation,
} from './errors.ts';

/** Errors about network interfaces, named by their AWS code. */
export const interfaceNotFound = (id: string) =>
  new ApiError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
export const interfaceInUse = (id: string) =>
  new ApiError('InvalidNetworkInterface.InUse', `Interface: [${id}] in use.`);
export const interfaceNotDeletable = (id: string) =>
  invalidParameterValue(`Network interface '${id}' is currently in use.`);
export const deviceIndexTaken = (instanceId: string, index: number) =>
  invalidParameterValue(
    `Instance '${instanceId}' already has an interface attached at device index '${index}'.`,
  );
export const primaryNotDetachable = () =>
  operationNotPermitted(
    'The network interface at device index 0 and networkCard index 0 cannot be detached.',
  );
export const tooManyInterfaces = (count: number, type: string) =>
  new ApiError('AttachmentLimitExceeded', `Interface count ${count} exceeds the limit for ${type}`);
export const tooManyAddresses = () =>
  new ApiError('PrivateIpAddressLimitExceeded', 'Number of private addresses will exceed limit.');
export const interfaceZoneMismatch = () =>
  invalidParameterCombination(
    'You may not attach a network interface to an instance if they are not in the same availability zone',
  );
/** Ours: a guest has its network interfaces in one VPC. */
export const interfaceVpcMismatch = (id: string, instanceId: string) =>
  unsupportedOperation(
    `The network interface '${id}' and the instance '${instanceId}' are in different VPCs.`,
  );
export const differentVpcs = () =>
  unsupportedOperation('The network interfaces of one instance must be in the same VPC.');
export const multipleInterfaces = (instanceId: string) =>
  new ApiError(
    'InvalidInstanceID',
    `There are multiple interfaces attached to instance '${instanceId}'. Please specify an interface ID for the operation instead.`,
  );
/** [R] text */
export const noInterface = (instanceId: string) =>
  new ApiError(
    'IncorrectInstanceState',
    `The instance '${instanceId}' is terminated: it has no network interface.`,
  );
export const addressesNotAssigned = (id: string) =>
  invalidParameterValue(`Some of the specified addresses are not assigned to interface ${id}`);

/** [R] text */
export const attachmentNotFound = (id: string) =>
  new ApiError('InvalidAttachmentID.NotFound', `The network interface attachment ID '${id}' does not exist`);
/** [R] text */
export const primaryNotUnassignable = (address: string) =>
  invalidParameterValue(
    `Value (${address}) for parameter privateIpAddress is invalid. The primary IP address of an interface cannot be unassigned.`,
  );

/** Launch: what RunInstances says of its network interfaces. */
export const deviceIndexMissing = () =>
  invalidParameterValue('Each network interface requires a device index.');
export const primaryInterfaceMissing = () =>
  invalidParameterCombination('When specifying network interfaces, you must include a device at index 0.');
export const deviceIndexRepeated = (index: number) =>
  invalidParameterValue(`Duplicate device index '${index}' specified.`);
export const noPublicAddressForSeveral = () =>
  invalidParameterCombination(
    'The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.',
  );
export const noPublicAddressForExisting = () =>
  invalidParameterCombination(
    'The associatePublicIPAddress parameter cannot be specified for a network interface with an ID.',
  );
/** [R] text */
export const existingInterfaceForSeveral = () =>
  invalidParameterCombination(
    'Network interface IDs may not be specified when launching more than one instance.',
  );
/** [R] text */
export const existingInterfaceWith = (parameter: string) =>
  invalidParameterCombination(
    `A network interface may not specify both a network interface ID and the parameter ${parameter}.`,
  );
