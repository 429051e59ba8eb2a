import { ApiError } from '../../src/domain/errors.ts';

/** How a call was refused: `[code, message, status]`. Fails when it was not, or with something else than an ApiError. */
export async function refusal(call: Promise<unknown>): Promise<[string, string, number]> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof ApiError) return [error.code, error.message, error.status];
    throw error;
  }
  throw new Error(`The call was not refused, but answered ${JSON.stringify(answer)}`);
}
