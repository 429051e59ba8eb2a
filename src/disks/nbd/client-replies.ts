import type { Socket } from 'node:net';
import { chunkFlag, NbdProtocolError, nbdErrorName } from './protocol.ts';
import {
  chunkHeaderLength,
  decodeChunkPayload,
  decodeReplyHeader,
  isChunk,
  type StatusExtent,
  simpleReplyLength,
} from './transmission.ts';

type Expected = {
  resolve(value: Buffer | StatusExtent[]): void;
  reject(error: Error): void;
  error?: Error;
} & (
  | { kind: 'data'; offset: number; length: number; data: Buffer | undefined; filled: number }
  | { kind: 'status'; length: number; context: number; extents: StatusExtent[] | undefined }
);

/** Matches replies to the requests they answer, in whatever order they come. Any breach ends the connection. */
export class ReplyReader {
  readonly #socket: Socket;
  readonly #expected = new Map<bigint, Expected>();
  #failure: Error | undefined;

  constructor(socket: Socket, read: (length: number) => Promise<Buffer>, structured: boolean) {
    this.#socket = socket;
    this.#run(read, structured).catch(error => this.fail(error));
  }

  expectData(cookie: bigint, offset: number, length: number): Promise<Buffer | StatusExtent[]> {
    return this.#expect(cookie, { kind: 'data', offset, length, data: undefined, filled: 0 });
  }

  expectStatus(cookie: bigint, length: number, context: number): Promise<Buffer | StatusExtent[]> {
    return this.#expect(cookie, { kind: 'status', length, context, extents: undefined });
  }

  /** Ends the connection; everything under way, and everything later, rejects. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#socket.destroy();
    for (const expected of this.#expected.values()) expected.reject(error);
    this.#expected.clear();
  }

  #expect(
    cookie: bigint,
    what:
      | { kind: 'data'; offset: number; length: number; data: undefined; filled: number }
      | { kind: 'status'; length: number; context: number; extents: undefined },
  ): Promise<Buffer | StatusExtent[]> {
    if (this.#failure) throw this.#failure;
    return new Promise((resolve, reject) => this.#expected.set(cookie, { ...what, resolve, reject }));
  }

  async #run(read: (length: number) => Promise<Buffer>, structured: boolean): Promise<never> {
    for (;;) {
      const head = await read(simpleReplyLength);
      const rest =
        structured && isChunk(head) ? await read(chunkHeaderLength - simpleReplyLength) : undefined;
      const header = decodeReplyHeader(rest ? Buffer.concat([head, rest]) : head);
      const expected = this.#expected.get(header.cookie);
      if (!expected) throw new NbdProtocolError('The server answered what nobody asked');
      if (header.kind === 'simple') {
        if (header.error !== 0) expected.error = new Error(`NBD: ${nbdErrorName(header.error)}`);
        else if (expected.kind === 'status')
          throw new NbdProtocolError('A BLOCK_STATUS was answered without extents');
        else {
          if (structured) throw new NbdProtocolError('A READ was answered by a simple reply');
          expected.data = await read(expected.length);
          expected.filled = expected.length;
        }
        this.#finish(header.cookie, expected);
      } else {
        // A chunk may not be longer than what was asked for: memory is bounded by our own requests.
        const bound =
          expected.kind === 'data' ? Math.max(expected.length + 8, 65_536) : Number.POSITIVE_INFINITY;
        if (header.length > bound) throw new NbdProtocolError('The server answered more than was asked');
        this.#take(expected, header.type, await read(header.length));
        if (header.flags & chunkFlag.done) this.#finish(header.cookie, expected);
      }
    }
  }

  #take(expected: Expected, type: number, bytes: Buffer): void {
    const payload = decodeChunkPayload(type, bytes);
    if (payload.type === 'none') return;
    if (payload.type === 'error') {
      const words = [nbdErrorName(payload.error), payload.message].filter(Boolean).join(': ');
      expected.error = new Error(`NBD: ${words}`);
    } else if (payload.type === 'status') {
      if (expected.kind !== 'status') throw new NbdProtocolError('A READ was answered by extents');
      if (payload.context !== expected.context) return;
      if (expected.extents) throw new NbdProtocolError('A BLOCK_STATUS was answered twice');
      expected.extents = payload.extents;
    } else {
      if (expected.kind !== 'data') throw new NbdProtocolError('A BLOCK_STATUS was answered by data');
      const length = payload.type === 'data' ? payload.data.length : payload.length;
      const start = payload.offset - expected.offset;
      if (start < 0 || start + length > expected.length)
        throw new NbdProtocolError('The server answered bytes outside of what was asked');
      expected.filled += length;
      // The common case: one chunk holds it all, and is not copied.
      if (payload.type === 'data' && length === expected.length) expected.data = payload.data;
      else {
        expected.data ??= Buffer.alloc(expected.length);
        if (payload.type === 'data') payload.data.copy(expected.data, start);
      }
    }
  }

  #finish(cookie: bigint, expected: Expected): void {
    this.#expected.delete(cookie);
    if (expected.error) expected.reject(expected.error);
    else if (expected.kind === 'data') {
      // Chunks do not overlap by the protocol: bytes that add up are all there.
      if (expected.data && expected.filled === expected.length) expected.resolve(expected.data);
      else expected.reject(new NbdProtocolError('A READ was answered in part'));
    } else if (expected.extents) expected.resolve(expected.extents);
    else expected.reject(new NbdProtocolError('A BLOCK_STATUS was answered without its context'));
  }
}
