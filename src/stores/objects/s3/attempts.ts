import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  /** How often at most a request is sent. */
  attempts: number;
  /** Before the second attempt up to this, before each further one up to twice as much: where in between, chance says. */
  firstPauseMs: number;
  longestPauseMs: number;
}

/** An attempt that failed for a reason that may pass. Its cause is told when it was the last. */
export class Passing extends Error {
  override name = 'Passing';
}

/** What `attempt` answers, the first time it does. @throws the cause of its last `Passing`, or any other error at once */
export async function withAttempts<T>(
  attempt: () => Promise<T>,
  { attempts, firstPauseMs, longestPauseMs }: Patience,
  signal: AbortSignal,
): Promise<T> {
  for (let failed = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      failed += 1;
      if (failed >= attempts) throw error.cause;
    }
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (failed - 1));
    await delay(pause * Math.random(), undefined, { signal });
  }
}
