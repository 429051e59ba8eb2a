/** One line a happening. No secret, signature or user data is ever in it. */
export interface Log {
  info(message: string, details?: object): void;
  error(message: string, details?: object): void;
}

/** Lines of JSON on standard error, so that standard output stays for answers. */
export function jsonLog(write: (line: string) => void = line => process.stderr.write(line)): Log {
  const line =
    (level: string) =>
    (message: string, details: object = {}) =>
      write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...plain(details) })}\n`);
  return { info: line('info'), error: line('error') };
}

/** Errors have no enumerable fields: they would print as `{}`. */
function plain(details: object): object {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, value instanceof Error ? value.stack : value]),
  );
}
