import { createServer, type Server, type Socket } from 'node:net';
import { type HolderRequest, parseHolderRequest } from '../control.ts';

/** The longest request read, in bytes: a plan with thousands of guests and their user data. */
const longestRequest = 128 * 1024 * 1024;

/** Answers each connection's one request, on a unix socket that only this user may open. */
export function controlServer(handle: (request: HolderRequest) => Promise<unknown>): Server {
  const server = createServer({ allowHalfOpen: true }, socket => {
    const chunks: Buffer[] = [];
    let length = 0;
    socket.setTimeout(60_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('data', chunk => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longestRequest) socket.destroy();
    });
    socket.on('end', () => void answer(socket, Buffer.concat(chunks).toString(), handle));
  });
  server.maxConnections = 64;
  return server;
}

async function answer(
  socket: Socket,
  text: string,
  handle: (request: HolderRequest) => Promise<unknown>,
): Promise<void> {
  try {
    const result = await handle(parseHolderRequest(text));
    socket.end(JSON.stringify({ result: result ?? null }));
  } catch (error) {
    socket.end(JSON.stringify({ error: (error as Error).message }));
  }
}
