import type { StateReason } from '../domain/image.ts';
import { PermanentFailure } from './job.ts';

/**
 * What the API says of a job that failed for good: a `PermanentFailure`'s own words. What nobody foresaw may name folders
 * and processes of the host: the log tells it, the API says only that it was internal.
 */
export function stateReasonOf(reason: Error): StateReason {
  if (reason instanceof PermanentFailure) return { code: reason.code, message: reason.message };
  return {
    code: 'Server.InternalError',
    message: "Server.InternalError: An internal error has occurred; the server's log tells more.",
  };
}
