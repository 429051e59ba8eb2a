/** The life of a server in a test: it dies at its `dieAt`th call of anything outside it, before that call is made. */
export interface Life {
  /** Calls made so far. */
  calls: number;
  dead: boolean;
  death: Promise<void>;
  /** Whether another server has been started since: for who counts them. */
  succeeded: boolean;
  /** A call is about to be made. */
  step(): void;
  end(): void;
}

export function aLife(dieAt = Number.POSITIVE_INFINITY): Life {
  const { promise: death, resolve } = Promise.withResolvers<void>();
  return {
    ...{ calls: 0, dead: false, death, succeeded: false },
    step() {
      if (++this.calls === dieAt) this.end();
    },
    end() {
      this.dead = true;
      resolve();
    },
  };
}

/** Parts that a dead server cannot reach: its calls never return, so that nothing follows them. */
export function mortal<Parts extends object>(parts: Parts, life: Life): Parts {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, guarded(part, life)]),
  ) as Parts;
}

function guarded<Part extends object>(part: Part, life: Life): Part {
  return new Proxy(part, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof value === 'object' && value !== null) return guarded(value, life);
      if (typeof value !== 'function') return value;
      if (key === 'entries' || key === 'stagedEntries')
        return (...args: unknown[]) => guardedList(value.apply(target, args), life);
      return async (...args: unknown[]) => {
        life.step();
        if (life.dead) return new Promise(() => {});
        const result: unknown = await value.apply(target, args);
        if (life.dead) return new Promise(() => {});
        return isPart(result) ? guarded(result, life) : result;
      };
    },
  });
}

/** What comes in batches stops coming when the server dies. */
async function* guardedList(batches: AsyncIterable<unknown>, life: Life): AsyncGenerator {
  life.step();
  for await (const batch of batches) {
    if (life.dead) await new Promise(() => {});
    yield batch;
    life.step();
  }
  if (life.dead) await new Promise(() => {});
}

/** Write sessions and frozen volumes are reached through, too; a set of blocks is a value. */
function isPart(result: unknown): result is object {
  return (
    typeof result === 'object' &&
    result !== null &&
    !('indexes' in result) &&
    Object.values(result).some(value => typeof value === 'function')
  );
}
