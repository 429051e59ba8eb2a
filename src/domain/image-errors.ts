import { ApiError } from './errors.ts';

/** Errors about images, named by their AWS code (spec C.1). */
export const imageNotFound = (ids: readonly string[]) =>
  new ApiError(
    'InvalidAMIID.NotFound',
    ids.length === 1
      ? `The image id '[${ids[0]}]' does not exist`
      : `The image ids '[${ids.join(', ')}]' do not exist`,
  );
export const imageUnavailable = (id: string) =>
  new ApiError('InvalidAMIID.Unavailable', `The image ID: '${id}' is no longer available`);
export const imagePending = (id: string) =>
  new ApiError('InvalidAMIID.Unavailable', `AMI ${id} is pending, and cannot be run`);

/** For a launch: the images exist, but the caller may not launch them. */
export const notAuthorizedForImages = (ids: readonly string[]) =>
  new ApiError('AuthFailure', `Not authorized for images: [${ids.join(', ')}]`, 403);
/** For attribute calls and deregistration: the caller sees the image, but does not own it. */
export const notAuthorizedForImage = (id: string) =>
  new ApiError('AuthFailure', `Not authorized for image:${id}`, 403);
export const restrictedResource = () =>
  new ApiError('AuthFailure', 'Unauthorized attempt to access restricted resource', 403);

export const imageNameDuplicate = (name: string, imageId: string) =>
  new ApiError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${imageId}`);
export const imageNameMalformed = () =>
  new ApiError(
    'InvalidAMIName.Malformed',
    "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
  );
export const invalidAttributeItem = (value: string, type: string) =>
  new ApiError(
    'InvalidAMIAttributeItemValue',
    `Invalid attribute item value "${value}" for ${type} item type.`,
  );
/** For what only an available or a disabled image can be asked. */
export const imageInState = (id: string, state: string) =>
  new ApiError('IncorrectState', `The image '${id}' is '${state}'`);
