import { connect, type Socket } from 'node:net';
import { negotiateAsClient } from './client-negotiation.ts';
import { ReplyReader } from './client-replies.ts';
import { command, maxRequestLength } from './protocol.ts';
import { socketReader } from './socket-reader.ts';
import { encodeRequest, type StatusExtent } from './transmission.ts';

export interface NbdClientOptions {
  socketPath: string;
  exportName: string;
  /** Metadata contexts to ask for: `base:allocation`, `qemu:dirty-bitmap:NAME`, `qemu:allocation-depth`. */
  contexts?: readonly string[];
  /** Milliseconds that connecting, or one request, may take; the connection ends when it takes longer. */
  deadline?: number;
}

/** A disk read over NBD. Calls may overlap: they are pipelined. */
export interface NbdClient {
  /** Bytes. */
  readonly size: number;
  /** The contexts the server agreed to. */
  readonly contexts: readonly string[];
  read(offset: number, length: number): Promise<Buffer>;
  /**
   * Extents of a context, covering the range from its beginning to its end; equal neighbours are one.
   * @throws if the server did not agree to the context
   */
  blockStatus(context: string, offset: number, length: number): Promise<StatusExtent[]>;
  close(): Promise<void>;
}

const defaultDeadline = 60_000;
/** One BLOCK_STATUS asks for less than 4 GiB, in whole alignments of any size. */
const maxStatusLength = 2 ** 31;

/** @throws when the socket, the export, or a metadata context cannot be had within the deadline */
export async function connectNbd(options: NbdClientOptions): Promise<NbdClient> {
  const { socketPath, exportName, contexts = [], deadline = defaultDeadline } = options;
  const socket = connect(socketPath);
  const read = socketReader(socket);
  const late = setTimeout(() => socket.destroy(tooLate('connecting', deadline)), deadline);
  try {
    const agreement = await negotiateAsClient(socket, read, exportName, contexts);
    const maxRead = Math.min(maxRequestLength, agreement.maximum);
    const replies = new ReplyReader(socket, read, agreement.structured);
    return client(socket, replies, agreement.size, agreement.contexts, maxRead, deadline);
  } catch (cause) {
    socket.destroy();
    throw new Error(
      `NBD export ${JSON.stringify(exportName)} on ${socketPath}: ${(cause as Error).message}`,
      { cause },
    );
  } finally {
    clearTimeout(late);
  }
}

function client(
  socket: Socket,
  replies: ReplyReader,
  size: number,
  contexts: ReadonlyMap<string, number>,
  maxRead: number,
  deadline: number,
): NbdClient {
  let lastCookie = 0n;
  let closing = false;
  const request = (type: number, offset: number, length: number, contextId?: number) => {
    if (closing) throw new Error('The NBD connection is closed');
    const cookie = ++lastCookie;
    const reply =
      type === command.read
        ? replies.expectData(cookie, offset, length)
        : replies.expectStatus(cookie, length, contextId!);
    const late = setTimeout(() => replies.fail(tooLate('a request', deadline)), deadline);
    socket.write(encodeRequest({ flags: 0, type, cookie, offset: BigInt(offset), length }));
    return reply.finally(() => clearTimeout(late));
  };
  const checkRange = (offset: number, length: number) => {
    if (
      !Number.isSafeInteger(offset) ||
      !Number.isSafeInteger(length) ||
      offset < 0 ||
      length < 0 ||
      offset + length > size
    )
      throw new RangeError(`${offset}+${length} is outside the ${size} bytes of the disk`);
  };

  return {
    size,
    contexts: [...contexts.keys()],
    async read(offset, length) {
      checkRange(offset, length);
      if (length > 0 && length <= maxRead) return (await request(command.read, offset, length)) as Buffer;
      const parts: Promise<Buffer>[] = [];
      for (let done = 0; done < length; done += maxRead)
        parts.push(request(command.read, offset + done, Math.min(maxRead, length - done)) as Promise<Buffer>);
      return Buffer.concat(await Promise.all(parts));
    },
    async blockStatus(context, offset, length) {
      checkRange(offset, length);
      const id = contexts.get(context);
      if (id === undefined)
        throw new Error(`The NBD server did not agree to the metadata context ${context}`);
      const extents: StatusExtent[] = [];
      for (let done = 0; done < length; ) {
        const asked = Math.min(maxStatusLength, length - done);
        for (const extent of (await request(
          command.blockStatus,
          offset + done,
          asked,
          id,
        )) as StatusExtent[]) {
          // The last extent may reach past what was asked.
          const taken = Math.min(extent.length, length - done);
          if (taken <= 0) break;
          const previous = extents.at(-1);
          if (previous?.flags === extent.flags) previous.length += taken;
          else extents.push({ length: taken, flags: extent.flags });
          done += taken;
        }
      }
      return extents;
    },
    async close() {
      if (closing) return;
      closing = true;
      const gone = new Promise<void>(resolve => {
        if (socket.closed) resolve();
        else socket.once('close', () => resolve());
      });
      if (!socket.destroyed)
        socket.end(encodeRequest({ flags: 0, type: command.disconnect, cookie: 0n, offset: 0n, length: 0 }));
      // A server that does not hang up is not waited for.
      const late = setTimeout(() => socket.destroy(), 1_000);
      await gone;
      clearTimeout(late);
    },
  };
}

function tooLate(what: string, deadline: number): Error {
  return new Error(`NBD: ${what} took longer than ${deadline} ms`);
}
