import type { Socket } from 'node:net';
import { command, maxRequestLength, NbdProtocolError } from './protocol.ts';
import { answer, answerFailure } from './server-answers.ts';
import type { Agreement } from './server-negotiation.ts';
import { ConnectionEnded } from './socket-reader.ts';
import { decodeRequest, type Request, requestLength } from './transmission.ts';

/** Bytes of answers one connection may have under way, beside one request of any size. */
const maxBytesInFlight = 64 * 1024 * 1024;

/**
 * Answers requests until the client disconnects. What is in memory is answered before the next request is looked at,
 * in the same turn of the event loop and without a promise. Reads no further request while too much is under way.
 */
export function serveRequests(
  socket: Socket,
  agreement: Agreement,
  { onError, maxInFlight }: { onError(error: unknown): void; maxInFlight: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer[] = [];
    let receivedLength = 0;
    /** Of the payload of a write, which is refused. */
    let toDiscard = 0;
    let requests = 0;
    let bytes = 0;
    let over = false;

    const end = (finish: () => void) => {
      if (over) return;
      over = true;
      received = [];
      socket.off('data', take);
      socket.off('drain', work);
      finish();
    };
    const fail = (error: Error) => end(() => reject(error));
    // Answers that the kernel has not taken yet count too: a client that asks and does not listen gets no further.
    const busy = () => requests >= maxInFlight || bytes + socket.writableLength >= maxBytesInFlight;

    const next = (): Request | undefined => {
      if (receivedLength < requestLength) return undefined;
      const all = received.length === 1 ? received[0]! : Buffer.concat(received, receivedLength);
      receivedLength -= requestLength;
      received = receivedLength > 0 ? [all.subarray(requestLength)] : [];
      return decodeRequest(all.length === requestLength ? all : all.subarray(0, requestLength));
    };
    const discard = () => {
      while (toDiscard > 0 && received.length > 0) {
        const first = received.shift()!;
        const gone = Math.min(first.length, toDiscard);
        toDiscard -= gone;
        receivedLength -= gone;
        if (gone < first.length) received.unshift(first.subarray(gone));
      }
    };
    const work = () => {
      try {
        while (!over && !busy()) {
          discard();
          const request = toDiscard > 0 ? undefined : next();
          if (!request) break;
          if (request.type === command.disconnect) return end(resolve);
          if (request.type === command.write) {
            if (request.length > maxRequestLength)
              throw new NbdProtocolError(`A client writes ${request.length} bytes at once`);
            toDiscard = request.length;
          }
          start(request);
        }
        if (over) return;
        if (busy()) socket.pause();
        else socket.resume();
      } catch (error) {
        fail(error as Error);
      }
    };
    const start = (request: Request) => {
      const failed = (error: unknown) => {
        onError(error);
        send(socket, answerFailure(agreement, request, 'EIO', (error as Error).message));
      };
      let reply: ReturnType<typeof answer>;
      try {
        reply = answer(agreement, request);
      } catch (error) {
        return failed(error);
      }
      if (!(reply instanceof Promise)) return send(socket, reply);
      const cost = request.type === command.read ? Math.min(request.length, maxRequestLength) : 0;
      requests++;
      bytes += cost;
      reply
        .then(parts => send(socket, parts), failed)
        .then(() => {
          requests--;
          bytes -= cost;
          work();
        });
    };
    const take = (chunk: Buffer) => {
      received.push(chunk);
      receivedLength += chunk.length;
      work();
    };

    socket.on('data', take);
    socket.on('drain', work);
    socket.on('error', fail);
    const ended = () => fail(new ConnectionEnded('The connection ended'));
    socket.on('end', ended);
    socket.on('close', ended);
    if (socket.destroyed) ended();
    else socket.resume();
  });
}

function send(socket: Socket, reply: readonly Buffer[]): void {
  if (socket.destroyed) return;
  if (reply.length === 1) {
    socket.write(reply[0]!);
    return;
  }
  socket.cork();
  for (const part of reply) socket.write(part);
  socket.uncork();
}
