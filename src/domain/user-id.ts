import { ApiError } from './errors.ts';

/** @throws InvalidUserID.Malformed for what is not the 12 digits of an account. */
export function checkUserId(userId: string): string {
  if (!/^\d{12}$/.test(userId)) throw new ApiError('InvalidUserID.Malformed', `Invalid user id: "${userId}"`);
  return userId;
}
