/**
 * Answers the path if a socket can have it (unix(7): 108 bytes with the final zero).
 * @throws naming the remedy otherwise.
 */
export function socketPath(path: string): string {
  if (Buffer.byteLength(path) > 107)
    throw new Error(`the socket path ${path} is longer than 107 bytes: choose a shorter runtime folder`);
  return path;
}
