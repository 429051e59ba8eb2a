import {
  ApiError,
  invalidParameterCombination,
  invalidParameterValue,
  operationNotPermitted,
  unsupportedOperation,
} from './errors.ts';
import type { Instance } from './instance.ts';

export const instanceNotFound = (ids: readonly string[]) =>
  new ApiError(
    'InvalidInstanceID.NotFound',
    ids.length === 1
      ? `The instance ID '${ids[0]}' does not exist`
      : `The instance IDs '${ids.join(', ')}' do not exist`,
  );

export const noInstances = () => invalidParameterCombination('No instances specified');

const incorrectState = (message: string) => new ApiError('IncorrectInstanceState', message);

/** AWS says "The" of a start and "This" of a stop. */
export const notStartable = (id: string) =>
  incorrectState(`The instance '${id}' is not in a state from which it can be started.`);
export const notStoppable = (id: string) =>
  incorrectState(`This instance '${id}' is not in a state from which it can be stopped.`);
export const notStopped = (id: string) =>
  incorrectState(`The instance '${id}' is not in the 'stopped' state.`);
/** [R] text */
export const notShown = (id: string) =>
  incorrectState(`The instance '${id}' is not running: it has no screen to show.`);
export const noScreen = ({ instanceId, architecture }: Pick<Instance, 'instanceId' | 'architecture'>) =>
  unsupportedOperation(
    architecture === 'arm64'
      ? `The instance '${instanceId}' has no screen: those of architecture arm64 have a serial console only.`
      : `The instance '${instanceId}' was started without a screen. Stop it and start it again to give it one.`,
  );
/** [R] text */
export const metadataNotModifiable = (id: string) =>
  incorrectState(`The instance '${id}' is not in a state in which its metadata options can be modified.`);
/** [R] text */
export const groupsNotModifiable = (id: string) =>
  incorrectState(`The instance '${id}' is terminated: its security groups cannot be modified.`);
export const attributeValueRefused = (message: string) =>
  new ApiError('InvalidInstanceAttributeValue', message);
export const unknownAttribute = (name: string) =>
  invalidParameterValue(`Value (${name}) for parameter attribute is invalid. Unknown attribute.`);
/** [R] */
export const notRebootable = (id: string) =>
  incorrectState(`The instance '${id}' is not in a state from which it can be rebooted.`);

export const noEbsRoot = (id: string, verb: 'started' | 'stopped') =>
  unsupportedOperation(`The instance '${id}' does not have an 'ebs' root device type and cannot be ${verb}.`);
export const noRootVolume = (id: string, device: string) =>
  invalidParameterValue(
    `Invalid value '${id}' for instanceId. Instance does not have a volume attached at root (${device})`,
  );
export const terminationProtected = (id: string, attribute: 'disableApiTermination' | 'disableApiStop') =>
  operationNotPermitted(
    `The instance '${id}' may not be terminated. Modify its '${attribute}' instance attribute and try again.`,
  );
export const stopProtected = (id: string) =>
  operationNotPermitted(
    `The instance '${id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
  );
export const tokenInstanceTerminated = () =>
  new ApiError(
    'IdempotentInstanceTerminated',
    'The client token you have provided is associated with a terminated instance. Please use a different client token.',
  );
export const keyPairNotFound = (name: string) =>
  new ApiError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);

export const invalidInstanceType = (name: string) =>
  invalidParameterValue(`Invalid value '${name}' for InstanceType.`);

/** Launch: nobody is subscribed to a product yet; its owner needs no subscription. */
export const subscriptionRequired = (productCode: string, endpoint: string) =>
  new ApiError(
    'OptInRequired',
    `In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit http://${endpoint}/marketplace/pp?sku=${productCode}`,
    401,
  );

/** Launch: why an image and an instance type do not fit. */
export const architectureMismatch = (architectures: readonly string[], architecture: string) =>
  invalidParameterValue(
    `The architecture '${architectures.join(',')}' of the specified instance type does not match the architecture '${architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
  );
export const hvmRequired = (type: string) =>
  invalidParameterCombination(
    `Virtualization type 'hvm' is required for instances of type '${type}'. Ensure that you are using an AMI with virtualization type 'hvm'. For more information, see http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html`,
  );
export const storeRootUnsupported = (type: string, imageId: string) =>
  unsupportedOperation(
    `AMI '${imageId}' with an instance-store root device is not supported for the instance type '${type}'.`,
  );
/** [R] text but for UEFI */
export const bootModeUnsupported = (type: string, bootMode: 'uefi' | 'legacy-bios') =>
  invalidParameterValue(
    bootMode === 'uefi'
      ? `The ${type} instance type does not support an AMI with a boot mode of UEFI. Only instance types built on the Nitro System support UEFI. Specify an instance type that supports UEFI, and try again.`
      : `The ${type} instance type does not support an AMI with a boot mode of Legacy BIOS. Specify an instance type that supports Legacy BIOS, and try again.`,
  );
export const enaRequired = (type: string) =>
  invalidParameterCombination(
    `Enhanced networking with the Elastic Network Adapter (ENA) is required for the '${type}' instance type. Ensure that you are using an AMI that is enabled for ENA.`,
  );
const unsupported = 'The requested configuration is currently not supported.';
export const ebsOptimizationUnsupported = () =>
  new ApiError('Unsupported', `${unsupported} Please check the documentation for supported configurations.`);
/** AWS has all it offers; here the host may lack what such instances take. */
export const hostLacks = (lacking: string) => new ApiError('Unsupported', `${unsupported} ${lacking}`);

export const instanceLimitExceeded = (asked: number, limit: number) =>
  new ApiError(
    'InstanceLimitExceeded',
    `You have requested more instances (${asked}) than your current instance limit of ${limit} allows for the specified instance type. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
  );

/** AWS answers it with 500, so that clients try again: capacity comes back when others stop. */
export const insufficientCapacity = (type: string, zone: string) =>
  new ApiError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Stop or terminate instances, choose a smaller instance type, or give instances more of the server's memory (AMITY_GUEST_MEMORY).`,
    500,
  );
