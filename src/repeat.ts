import type { Log } from './log.ts';

/** Work done again and again, never twice at the same time. */
export interface Chore {
  /** Resolves when the work under way has ended. */
  stop(): Promise<void>;
}

/** Repeats `work` with `interval` milliseconds between the end of one time and the start of the next. */
export function repeat(what: string, interval: number, work: () => Promise<unknown>, log: Log): Chore {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let current: Promise<unknown> = Promise.resolve();
  const once = () => {
    current = work()
      .catch(error => log.error(`could not ${what}`, { error }))
      .then(() => {
        if (!stopped) timer = setTimeout(once, interval);
      });
  };
  timer = setTimeout(once, interval);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
