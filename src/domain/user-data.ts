import { ApiError, invalidParameterValue } from './errors.ts';
import { mostUserData } from './instance-limits.ts';

/**
 * User data as it is kept: base64 on one line.
 * @throws InvalidParameterValue, or what `refuse` makes, for what is no base64 or decodes to over 16 KiB
 */
export function parseUserData(
  userData: string | undefined,
  refuse: (message: string) => ApiError = invalidParameterValue,
): string | undefined {
  if (!userData) return undefined;
  const base64 = userData.replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0)
    throw refuse('Invalid BASE64 encoding of user data.');
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  if ((base64.length / 4) * 3 - padding > mostUserData)
    throw refuse(`User data is limited to ${mostUserData} bytes.`);
  return base64;
}

/** How a launch template refuses user data. */
export const userDataMalformed = (message: string) => new ApiError('InvalidUserData.Malformed', message);
