/** Long for a transaction that awaits only its database, short for those that wait behind it. */
export const transactionDeadline = 10_000;

/**
 * Runs `work` with a connection that answers until `work` has ended or `deadline` milliseconds have passed: a
 * statement nobody awaited must not end up in somebody else's transaction, and a transaction that waits for
 * something else must not stop all others.
 */
export async function withinScope<Connection, T>(
  connection: Connection,
  work: (current: () => Connection) => Promise<T>,
  deadline = transactionDeadline,
): Promise<T> {
  let ended: string | undefined;
  const current = () => {
    if (ended) throw new Error(ended);
    return connection;
  };
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      ended = `A transaction took over ${deadline / 1000} s: it must await nothing but its own records`;
      reject(new Error(ended));
    }, deadline);
  });
  try {
    return await Promise.race([work(current), tooLate]);
  } finally {
    clearTimeout(timer);
    ended ??= 'The transaction has ended: await every call on its records';
  }
}
