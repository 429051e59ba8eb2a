import { ApiError } from './errors.ts';

/** Errors of Organizations, named by their AWS code. https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html */
export const notInOrganization = () =>
  new ApiError('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
export const organizationsAccessDenied = () =>
  new ApiError('AccessDeniedException', "You don't have permissions to access this resource.");
export const accountNotInOrganization = () =>
  new ApiError('AccountNotFoundException', "You specified an account that doesn't exist.");
export const unitNotFound = () =>
  new ApiError(
    'OrganizationalUnitNotFoundException',
    "You specified an organizational unit that doesn't exist.",
  );
export const parentNotFound = () =>
  new ApiError('ParentNotFoundException', "You specified parent that doesn't exist.");
export const childNotFound = () =>
  new ApiError('ChildNotFoundException', "You specified a child that doesn't exist.");
export const invalidOrganizationsInput = (message: string) => new ApiError('InvalidInputException', message);
