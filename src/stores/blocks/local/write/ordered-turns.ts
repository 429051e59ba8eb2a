export interface Turn {
  /** Everybody who came before is done. */
  reached: Promise<void>;
  done(): void;
}

/** Lets work that overlaps come to a point in the order in which it began. */
export function orderedTurns(): () => Turn {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const reached = last;
    let done!: () => void;
    const own = new Promise<void>(resolve => {
      done = resolve;
    });
    last = reached.then(() => own);
    return { reached, done };
  };
}
