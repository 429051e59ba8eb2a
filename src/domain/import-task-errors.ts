import { ApiError } from './errors.ts';

/** Errors about import tasks, named by their AWS code. */
export const importTaskNotFound = (id: string) =>
  new ApiError('InvalidConversionTaskId', `The import task '${id}' does not exist.`);
export const importTaskEnded = (id: string, state: string) =>
  new ApiError('IncorrectState', `The import task '${id}' is '${state}' and cannot be canceled.`);
export const tooManyImports = (most: number) =>
  new ApiError(
    'ResourceCountExceeded',
    `An account has at most ${most} import tasks under way: wait for one to end, or cancel it.`,
  );
