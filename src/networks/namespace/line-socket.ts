/** One request, one answer, over a unix socket: how the server asks a holder, and slirp4netns. */
import { connect } from 'node:net';

/** The longest answer read, in bytes. */
const longestAnswer = 1024 * 1024;

/**
 * Sends `request` and the end of the stream; resolves with what is answered until the other side ends it too.
 * @throws when nobody listens, or when the answer takes longer than `deadlineMs` or is too long
 */
export function askOverSocket(path: string, request: string, deadlineMs: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(path);
  const patience = setTimeout(
    () => socket.destroy(new Error(`${path} has not answered within ${deadlineMs} ms`)),
    deadlineMs,
  );
  let answer = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    answer += text;
    if (answer.length > longestAnswer) socket.destroy(new Error(`${path} answers more than expected`));
  });
  socket.on('error', reject);
  socket.on('close', () => {
    clearTimeout(patience);
    resolve(answer);
  });
  socket.end(request);
  return promise;
}

/** The paths of unix sockets end at 107 bytes (unix(7)). */
export function checkSocketPath(path: string): string {
  if (Buffer.byteLength(path) > 107)
    throw new Error(`the socket path ${path} is longer than 107 bytes: choose a shorter runtime folder`);
  return path;
}
