import type { Socket } from 'node:net';

/** The connection ended where more bytes were due. */
export class ConnectionEnded extends Error {
  override name = 'ConnectionEnded';
}

/**
 * Reads exact amounts from a socket, one read at a time; what is not asked for stays in the kernel.
 * @returns a function answering exactly `length` bytes; rejects with ConnectionEnded or the socket's error
 */
export function socketReader(socket: Socket): (length: number) => Promise<Buffer> {
  return releasableReader(socket).read;
}

/** The same, until `release` leaves the socket, paused and with all bytes not yet asked for, to another reader. */
export function releasableReader(socket: Socket): {
  read(length: number): Promise<Buffer>;
  release(): void;
} {
  let waiting: (() => void) | undefined;
  let ended = false;
  let failure: Error | undefined;
  const wake = () => {
    const resume = waiting;
    waiting = undefined;
    resume?.();
  };
  socket.on('readable', wake);
  socket.on('end', () => {
    ended = true;
    wake();
  });
  socket.on('close', () => {
    ended = true;
    wake();
  });
  socket.on('error', error => {
    failure = error;
    wake();
  });
  const read = async (length: number): Promise<Buffer> => {
    if (length === 0) return Buffer.alloc(0);
    for (;;) {
      if (failure) throw failure;
      const bytes = socket.read(length) as Buffer | null;
      if (bytes?.length === length) return bytes;
      if (bytes || ended) throw new ConnectionEnded('The connection ended');
      await new Promise<void>(resolve => {
        waiting = resolve;
      });
    }
  };
  const release = () => {
    socket.pause();
    socket.off('readable', wake);
  };
  return { read, release };
}
