import { ApiError } from './errors.ts';

/** Errors about volumes, named by their AWS code (spec C.1). */
export const volumeNotFound = (id: string) =>
  new ApiError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
export const volumeInState = (id: string, state: string) =>
  new ApiError('IncorrectState', `The volume '${id}' is '${state}'`);
