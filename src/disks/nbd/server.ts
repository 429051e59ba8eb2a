import { chmod } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { NbdProtocolError } from './protocol.ts';
import { negotiate } from './server-negotiation.ts';
import { serveRequests } from './server-requests.ts';
import { ConnectionEnded, releasableReader } from './socket-reader.ts';
import type { StatusExtent } from './transmission.ts';

/** A disk to read. */
export interface NbdExport {
  /** Bytes. */
  size: number;
  /**
   * Exactly `length` bytes, in pieces that nobody changes any more; at once where they are in memory.
   * Rejects when they cannot be had (the client gets EIO).
   */
  read(offset: number, length: number): readonly Buffer[] | Promise<readonly Buffer[]>;
  /** Extents of `base:allocation` that cover the range, from its beginning; every length above 0. */
  blockStatus?(offset: number, length: number): StatusExtent[] | Promise<StatusExtent[]>;
  /** Called when a client has chosen this export, before its first request. */
  open?(): void;
  /** Called once, when the connection that looked it up has ended. */
  close?(): void;
}

export interface NbdServerOptions {
  socketPath: string;
  /** Called for every connection; undefined: there is no such export. */
  lookup(name: string): Promise<NbdExport | undefined>;
  /** Names to tell a client that lists exports. */
  list?(): Promise<string[]>;
  /** Told of reads that failed and of clients that break the protocol. */
  onError?(error: unknown): void;
  /** Requests one connection may have under way. */
  maxInFlight?: number;
  /** Milliseconds a client may take for the handshake. */
  handshakeTimeout?: number;
}

export interface NbdServer {
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

/** Serves exports read-only on a unix socket that only its owner may open. */
export async function serveNbd(options: NbdServerOptions): Promise<NbdServer> {
  const { socketPath, onError = () => undefined, handshakeTimeout = 30_000 } = options;
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: false, allowHalfOpen: false }, socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket).catch(error => {
      if (!(error instanceof ConnectionEnded) && !isHangUp(error)) onError(error);
    });
  });
  server.maxConnections = 4096;

  const serveConnection = async (socket: Socket) => {
    const reader = releasableReader(socket);
    const late = setTimeout(
      () => socket.destroy(new NbdProtocolError('A client took too long for the handshake')),
      handshakeTimeout,
    );
    const found: NbdExport[] = [];
    const lookup = async (name: string) => {
      const disk = await options.lookup(name);
      if (disk) found.push(disk);
      return disk;
    };
    try {
      const chosen = await negotiate(socket, reader.read, { ...options, lookup });
      clearTimeout(late);
      if (chosen) {
        chosen.disk.open?.();
        reader.release();
        await serveRequests(socket, chosen, { onError, maxInFlight: options.maxInFlight ?? 16 });
      }
      socket.end();
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(late);
      for (const disk of found) disk.close?.();
    }
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);
  return {
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function isHangUp(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '');
}
