import { ApiError } from './errors.ts';

/** Errors about Elastic IP addresses, named by their AWS code. */
export const allocationNotFound = (id: string) =>
  new ApiError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`);
