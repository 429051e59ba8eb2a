import { ApiError, invalidParameterValue } from './errors.ts';

export const vpcNotFound = (vpcId: string) =>
  new ApiError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
export const subnetNotFound = (subnetId: string) =>
  new ApiError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
export const vpcInUse = (vpcId: string) =>
  new ApiError('DependencyViolation', `The vpc '${vpcId}' has dependencies and cannot be deleted.`);
export const inUse = (kind: 'subnet' | 'internetGateway' | 'routeTable', id: string) =>
  new ApiError('DependencyViolation', `The ${kind} '${id}' has dependencies and cannot be deleted.`);
export const tooManyVpcs = () =>
  new ApiError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
export const tooManySubnets = () =>
  new ApiError('SubnetLimitExceeded', 'The maximum number of subnets has been reached.');
export const defaultVpcExists = () =>
  new ApiError('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.');
export const defaultSubnetExists = (subnetId: string, zone: string) =>
  new ApiError(
    'DefaultSubnetAlreadyExistsInAvailabilityZone',
    `'${subnetId}' is already the default subnet in ${zone}.`,
  );
export const noRoomForDefaultSubnet = (vpcId: string) =>
  new ApiError('InsufficientCidrBlocks', `There is no room for another default subnet in '${vpcId}'.`);
export const noDefaultVpc = () => new ApiError('VPCIdNotSpecified', 'No default VPC for this user');
export const defaultVpcMissing = () =>
  new ApiError('DefaultVpcDoesNotExist', 'No default VPC exists for this account in this region.');
export const noDefaultSubnets = (vpcId: string) =>
  new ApiError('MissingInput', `No subnets found for the default VPC '${vpcId}'. Please specify a subnet.`);
export const noDefaultSubnetInZone = (zone: string) =>
  new ApiError('InvalidInput', `No default subnet for availability zone: '${zone}'.`);
export const invalidSubnetZone = (zone: string, zones: readonly string[]) =>
  invalidParameterValue(
    `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.join(', ')}.`,
  );
export const networkAclNotFound = (id: string) =>
  new ApiError('InvalidNetworkAclID.NotFound', `The networkAcl ID '${id}' does not exist`);
export const groupsOfDifferentNetworks = () =>
  new ApiError(
    'InvalidGroup.NotFound',
    'You have specified two resources that belong to different networks.',
  );
export const invalidZone = (zone: string) => invalidParameterValue(`Invalid availability zone: [${zone}]`);
export const subnetFull = (subnetId: string) =>
  new ApiError(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${subnetId}' to satisfy the requested number of instances.`,
  );
export const noPublicAddressLeft = () =>
  new ApiError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
export const addressInUse = (address: string) =>
  new ApiError('InvalidIPAddress.InUse', `Address ${address} is in use.`);
export const addressOutsideSubnet = (address: string) =>
  invalidParameterValue(`Address ${address} does not fall within the subnet's address range`);
export const addressReserved = (address: string) =>
  invalidParameterValue(`Address ${address} is in subnet's reserved address range`);

/** [R] Text not seen on AWS; the code is. */
export const groupNotFound = (group: string) =>
  new ApiError('InvalidGroup.NotFound', `The security group '${group}' does not exist`);
export const groupDuplicate = (groupName: string, vpcId: string) =>
  new ApiError(
    'InvalidGroup.Duplicate',
    `The security group '${groupName}' already exists for VPC '${vpcId}'`,
  );
export const groupInUse = (groupId: string) =>
  new ApiError('DependencyViolation', `resource ${groupId} has a dependent object`);
export const groupCannotBeDeleted = (groupId: string, groupName: string) =>
  new ApiError(
    'CannotDelete',
    `the specified group: "${groupId}" name: "${groupName}" cannot be deleted by a user`,
  );
export const groupInOtherNetwork = (groupId: string, subnetId: string) =>
  new ApiError(
    'InvalidParameter',
    `Security group ${groupId} and subnet ${subnetId} belong to different networks.`,
  );
