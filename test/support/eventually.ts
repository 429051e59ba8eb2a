import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until the answer is given: for states that only a Describe call tells, as every EC2 client must. Fails with
 * the last answer when `timeoutMs` is over.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 200_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await delay(300);
  }
  throw new Error(
    `${what}: not within ${timeoutMs / 1000} s; last: ${last instanceof Error ? last.message : last}`,
  );
}
