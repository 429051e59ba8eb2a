import { ApiError } from './errors.ts';

/** Errors of the EBS direct API: a code, and a reason beside it (spec B.4). */
export const validationException = (reason: ValidationReason, message: string) =>
  new ApiError('ValidationException', message, 400, { reason });

export type ValidationReason =
  | 'INVALID_BLOCK'
  | 'INVALID_BLOCK_TOKEN'
  | 'INVALID_CUSTOMER_KEY'
  | 'INVALID_PAGE_TOKEN'
  | 'INVALID_PARAMETER_VALUE'
  | 'INVALID_SNAPSHOT_ID'
  | 'INVALID_TAG'
  | 'INVALID_VOLUME_SIZE'
  | 'UNRELATED_SNAPSHOTS'
  | 'WRITE_REQUEST_TIMEOUT';

export const noSuchSnapshot = (snapshotId: string) =>
  new ApiError('ResourceNotFoundException', `The snapshot '${snapshotId}' does not exist.`, 404, {
    reason: 'SNAPSHOT_NOT_FOUND',
  });
/** The caller sees the snapshot, but does not own it. */
export const uploadAccessDenied = (snapshotId: string) =>
  new ApiError(
    'AccessDeniedException',
    `You are not authorized to write to the snapshot '${snapshotId}'.`,
    403,
    {
      reason: 'UNAUTHORIZED_ACCOUNT',
    },
  );
export const clientTokenConflict = () =>
  new ApiError(
    'ConflictException',
    'The request uses the same client token as a previous, but non-identical request.',
    409,
  );
export const snapshotNotReadable = (snapshotId: string) =>
  validationException('INVALID_SNAPSHOT_ID', `The snapshot '${snapshotId}' is not completed.`);
export const unrelatedSnapshots = (first: string, second: string) =>
  validationException(
    'UNRELATED_SNAPSHOTS',
    `The snapshots '${first}' and '${second}' are not of the same volume or lineage.`,
  );
export const invalidPageToken = () =>
  validationException('INVALID_PAGE_TOKEN', 'The page token is not one of this request.');
export const invalidBlockToken = (snapshotId: string, index: number) =>
  validationException(
    'INVALID_BLOCK_TOKEN',
    `The block token is not yours for block ${index} of '${snapshotId}', or has expired. List the blocks again.`,
  );
export const uploadNotPending = (snapshotId: string) =>
  validationException('INVALID_SNAPSHOT_ID', `The snapshot '${snapshotId}' is not pending.`);
export const uploadExpired = (snapshotId: string) =>
  validationException(
    'WRITE_REQUEST_TIMEOUT',
    `The snapshot '${snapshotId}' was not completed within its timeout. Start another one.`,
  );
export const noSuchKey = (arn: string) =>
  new ApiError('ResourceNotFoundException', `The KMS key '${arn}' does not exist.`, 404, {
    reason: 'DEPENDENCY_RESOURCE_NOT_FOUND',
  });
export const keyAccessDenied = (arn: string) =>
  new ApiError('AccessDeniedException', `You are not authorized to use the KMS key '${arn}'.`, 403, {
    reason: 'DEPENDENCY_ACCESS_DENIED',
  });
/** @param problem `disabled` or `pending deletion` */
export const unusableKey = (arn: string, problem: string) =>
  validationException('INVALID_CUSTOMER_KEY', `The KMS key '${arn}' is ${problem}.`);
