import { ApiError, invalidParameterValue } from './errors.ts';

/** Errors about snapshots, named by their AWS code (spec C.1). */
export const snapshotNotFound = (id: string) =>
  new ApiError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
export const snapshotInUse = (id: string, imageId: string) =>
  new ApiError('InvalidSnapshot.InUse', `The snapshot ${id} is currently in use by ${imageId}`);
export const snapshotNotCompleted = (id: string) =>
  new ApiError('IncorrectState', `${id} is not 'completed'`);
export const snapshotNotOwned = (id: string, accountId: string) =>
  invalidParameterValue(`Invalid value '${id}' for snapshotId. Snapshot does not belong to ${accountId}`);
/** The caller sees the snapshot, but does not own it. */
export const notAuthorizedForSnapshot = (id: string) =>
  new ApiError('AuthFailure', `Not authorized for snapshot:${id}`, 403);
export const snapshotLocked = (id: string) =>
  new ApiError('SnapshotLocked', `The snapshot '${id}' is locked and cannot be deleted.`);
