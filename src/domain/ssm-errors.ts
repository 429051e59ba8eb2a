import { ApiError } from './errors.ts';

/** Errors of Systems Manager, named by their AWS code. https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html */
export const ssmValidation = (message: string) => new ApiError('ValidationException', message);
export const parameterNotFound = (name: string) =>
  new ApiError('ParameterNotFound', `Parameter ${name} not found.`);
export const parameterVersionNotFound = (reference: string) =>
  new ApiError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${reference.slice(reference.lastIndexOf(':') + 1)} of ${reference.slice(0, reference.lastIndexOf(':'))}. Verify the version and try again.`,
  );
export const parameterExists = () =>
  new ApiError(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  );
export const reservedParameter = (name: string) =>
  new ApiError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
export const unsupportedParameterType = (message: string) =>
  new ApiError('UnsupportedParameterType', message);
export const parameterLimitExceeded = (most: number) =>
  new ApiError('ParameterLimitExceeded', `An account can have at most ${most} parameters in a region.`);
