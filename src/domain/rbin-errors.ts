import { ApiError } from './errors.ts';

/** Errors of the Recycle Bin: a code, and a reason beside it. https://docs.aws.amazon.com/recyclebin/latest/APIReference/CommonErrors.html */
export const rbinValidation = (message: string, reason = 'INVALID_PARAMETER_VALUE') =>
  new ApiError('ValidationException', message, 400, { reason });
export const ruleNotFound = (identifier: string) =>
  new ApiError('ResourceNotFoundException', `The rule '${identifier}' does not exist.`, 404, {
    reason: 'RULE_NOT_FOUND',
  });
/** `problem` ends a sentence that begins with the rule: `is locked.` */
export const ruleConflict = (identifier: string, problem: string) =>
  new ApiError('ConflictException', `The rule '${identifier}' ${problem}`, 409, {
    reason: 'INVALID_RULE_STATE',
  });
export const ruleQuotaExceeded = (message: string) =>
  new ApiError('ServiceQuotaExceededException', message, 402, { reason: 'SERVICE_QUOTA_EXCEEDED' });
