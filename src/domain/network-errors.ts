import { ApiError, invalidParameterValue } from './errors.ts';

export const vpcNotFound = (vpcId: string) =>
  new ApiError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
export const subnetNotFound = (subnetId: string) =>
  new ApiError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
export const noDefaultVpc = () =>
  new ApiError(
    'VPCIdNotSpecified',
    'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
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
