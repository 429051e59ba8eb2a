import { ApiError, invalidParameterValue } from './errors.ts';

/** Errors about volumes, named by their AWS code (spec C.1). */
export const volumeNotFound = (id: string) =>
  new ApiError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
export const volumeInState = (id: string, state: string) =>
  new ApiError('IncorrectState', `The volume '${id}' is '${state}'`);
export const volumeNotAvailable = (id: string) => new ApiError('IncorrectState', `${id} is not 'available'`);
export const volumeAttachedTo = (id: string, instanceId: string) =>
  new ApiError('VolumeInUse', `Volume ${id} is currently attached to ${instanceId}`);
export const volumeAlreadyAttached = (id: string) =>
  new ApiError('VolumeInUse', `${id} is already attached to an instance`);
/** A volume that no instance has cannot be detached. */
export const volumeNotInUse = (id: string, state: string) =>
  new ApiError('IncorrectState', `Volume '${id}' is in the '${state}' state.`);
/** [R] text: by another instance, or at another device, than the request names. */
export const volumeNotAttached = (id: string) =>
  new ApiError('InvalidAttachment.NotFound', `The volume '${id}' is not 'attached'.`);
export const volumeZoneMismatch = (id: string, instanceId: string) =>
  new ApiError(
    'InvalidVolume.ZoneMismatch',
    `The volume '${id}' is not in the same availability zone as instance '${instanceId}'`,
  );
export const zoneNotFound = (zone: string) =>
  new ApiError('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
export const deviceInUse = (device: string) =>
  invalidParameterValue(
    `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
  );
export const rootNotDetachable = (id: string, instanceId: string) =>
  new ApiError('IncorrectState', `Unable to detach root volume '${id}' from instance '${instanceId}'`);
/** [R] the end of the text */
export const tooManyVolumes = (most: number) =>
  new ApiError(
    'AttachmentLimitExceeded',
    `You may attach up to ${most} devices for this instance type. Please use a larger instance size to attach more volumes. For a detailed list of limits please see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html`,
  );
export const instanceNotInState = (instanceId: string, state: string) =>
  new ApiError('IncorrectState', `Instance '${instanceId}' is not '${state}'.`);

/** [R] text */
export const volumeNotSettled = (id: string, state: string) =>
  new ApiError('IncorrectState', `The volume '${id}' is '${state}'. Try again when it is attached.`);
/** Ours: a snapshot or an image under way still reads the volume where it is. */
export const volumeBeingRead = (id: string) =>
  new ApiError(
    'IncorrectState',
    `The volume '${id}' is being read for a snapshot or an image. Try again when that is completed.`,
  );
