type Read = (pack: number, offset: number, length: number) => Promise<Buffer>;

interface Wanted {
  offset: number;
  length: number;
  resolve(bytes: Buffer): void;
  reject(error: unknown): void;
}

/** Bytes between two pieces that cost less than a request of their own. */
const widestGap = 64 * 1024;
/** Bytes of one request: longer ones are better made beside each other. */
const longestRun = 2 * 1024 * 1024;

/** Reads that are asked for at the same time and lie side by side in a pack become one. Each gets a Buffer of its own. */
export function joinedReads(read: Read): Read {
  const waiting = new Map<number, Wanted[]>();

  const readRun = async (pack: number, run: readonly Wanted[]) => {
    const start = run[0]!.offset;
    const end = endOf(run);
    if (run.length === 1) return settleWith(run[0]!, read(pack, start, end - start));
    try {
      const bytes = await read(pack, start, end - start);
      for (const { offset, length, resolve } of run) {
        const own = Buffer.allocUnsafeSlow(length);
        bytes.copy(own, 0, offset - start, offset - start + length);
        resolve(own);
      }
    } catch {
      // What ails one of them must not ail the others.
      await Promise.all(run.map(one => settleWith(one, read(pack, one.offset, one.length))));
    }
  };
  const start = () => {
    const all = [...waiting];
    waiting.clear();
    for (const [pack, wanted] of all) for (const run of runsOf(wanted)) void readRun(pack, run);
  };

  return (pack, offset, length) =>
    new Promise((resolve, reject) => {
      if (waiting.size === 0) setImmediate(start);
      const wanted = waiting.get(pack) ?? [];
      waiting.set(pack, wanted);
      wanted.push({ offset, length, resolve, reject });
    });
}

function runsOf(wanted: Wanted[]): Wanted[][] {
  const runs: Wanted[][] = [];
  for (const one of wanted.sort((a, b) => a.offset - b.offset)) {
    const run = runs.at(-1);
    const joins =
      run &&
      one.offset <= endOf(run) + widestGap &&
      Math.max(endOf(run), one.offset + one.length) - run[0]!.offset <= longestRun;
    if (joins) run.push(one);
    else runs.push([one]);
  }
  return runs;
}

function endOf(run: readonly Wanted[]): number {
  return run.reduce((end, { offset, length }) => Math.max(end, offset + length), 0);
}

function settleWith({ resolve, reject }: Wanted, reading: Promise<Buffer>): Promise<void> {
  return reading.then(resolve, reject);
}
