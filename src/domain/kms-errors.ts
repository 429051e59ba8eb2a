import { ApiError } from './errors.ts';

/** Errors of KMS, named by their AWS code. https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html */
export const kmsValidation = (message: string) => new ApiError('ValidationException', message);
export const keyNotFound = (arn: string) => new ApiError('NotFoundException', `Key '${arn}' does not exist`);
export const invalidKeyId = (text: string) => new ApiError('NotFoundException', `Invalid keyId '${text}'`);
export const invalidKeyArn = (text: string) => new ApiError('NotFoundException', `Invalid arn ${text}`);
export const aliasNotFound = (arn: string) => new ApiError('NotFoundException', `Alias ${arn} is not found.`);
export const aliasExists = (arn: string) =>
  new ApiError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
export const invalidAliasName = (message: string) => new ApiError('InvalidAliasNameException', message);
export const reservedAliasName = () =>
  new ApiError('NotAuthorizedException', "Aliases that begin with 'alias/aws/' are reserved.");
/** `problem` ends a sentence that begins with the key: `is pending deletion.` */
export const keyInvalidState = (arn: string, problem: string) =>
  new ApiError('KMSInvalidStateException', `${arn} ${problem}`);
export const kmsUnsupported = (message: string) => new ApiError('UnsupportedOperationException', message);
export const invalidMarker = () => new ApiError('InvalidMarkerException', 'The marker is not one of ours.');
export const kmsTagError = (message: string) => new ApiError('TagException', message);
/** Also for a key there is none of: another account's keys cannot be told from missing ones. */
export const kmsAccessDenied = (caller: string, arn: string) =>
  new ApiError('AccessDeniedException', `User: ${caller} is not authorized to use the resource: ${arn}`);
