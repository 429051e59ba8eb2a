/**
 * Makes a piece of work that many may ask for: who asks while it runs shares the next run with all others who do, since
 * the one that runs may have passed what they want done.
 */
export function sharedRuns(work: () => Promise<void>) {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    if (!running) {
      running = work().finally(() => {
        running = undefined;
      });
      return running;
    }
    const again = () => {
      next = undefined;
      return run();
    };
    next ??= running.then(again, again);
    return next;
  };
  return { run, idle: () => running === undefined, current: () => running };
}
