import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectNbd } from '../../../src/disks/nbd/client.ts';
import {
  encodeClientFlags,
  encodeExportInfo,
  encodeGreeting,
  encodeInfoRequest,
  encodeOption,
  encodeOptionReply,
} from '../../../src/disks/nbd/negotiation.ts';
import { command, option, optionReply } from '../../../src/disks/nbd/protocol.ts';
import { type NbdExport, type NbdServer, serveNbd } from '../../../src/disks/nbd/server.ts';
import { socketReader } from '../../../src/disks/nbd/socket-reader.ts';
import { decodeReplyHeader, encodeChunkHeader, encodeRequest } from '../../../src/disks/nbd/transmission.ts';
import { seededBytes } from './seeded-bytes.ts';

describe('NBD client and server', () => {
  let folder: string;
  let socketPath: string;
  let server: NbdServer | undefined;
  const errors: unknown[] = [];
  const bytes = seededBytes(1, 3 * 1024 * 1024);
  const memoryDisk: NbdExport = {
    size: bytes.length,
    read: async (offset, length) => [Buffer.from(bytes.subarray(offset, offset + length))],
    blockStatus: (_, length) => [{ length: Math.min(1000, length), flags: 3 }],
  };
  const start = async (disk: NbdExport = memoryDisk, maxInFlight?: number) => {
    server = await serveNbd({
      socketPath,
      lookup: async name => (name === 'disk' ? disk : undefined),
      onError: error => errors.push(error),
      handshakeTimeout: 500,
      maxInFlight,
    });
  };
  /** A socket past the handshake, to say what a proper client would not. */
  const rawConnection = async () => {
    const socket = connect(socketPath);
    const read = socketReader(socket);
    await read(18);
    socket.write(Buffer.concat([encodeClientFlags(3), encodeOption(option.go, encodeInfoRequest('disk'))]));
    await read(20 + 12 + 20 + 14 + 20);
    return { socket, read };
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amity-nbd-'));
    socketPath = join(folder, 's');
    errors.length = 0;
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rm(folder, { recursive: true });
  });

  test('agree on size, contents and metadata', async () => {
    await start();
    const client = await connectNbd({ socketPath, exportName: 'disk', contexts: ['base:allocation'] });
    expect(client.size).toBe(bytes.length);
    expect((await client.read(0, bytes.length)).equals(bytes)).toBe(true);
    expect(await client.read(5, 0)).toHaveLength(0);
    expect(await client.blockStatus('base:allocation', 0, 2500)).toEqual([{ length: 2500, flags: 3 }]);
    await client.close();
    await expect(client.read(0, 1)).rejects.toThrow(/closed/);
  });

  test('a read that fails is EIO for it alone', async () => {
    await start({
      ...memoryDisk,
      read: async (offset, length) => {
        if (offset === 0) throw new Error('the block is corrupt');
        return memoryDisk.read(offset, length);
      },
    });
    const client = await connectNbd({ socketPath, exportName: 'disk' });
    const [bad, good] = await Promise.allSettled([client.read(0, 10), client.read(1, 10)]);
    expect(bad).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/EIO.*corrupt/) },
    });
    expect(good.status).toBe('fulfilled');
    expect(errors).toHaveLength(1);
    await client.close();
  });

  test('a connection has no more under way than allowed', async () => {
    let underWay = 0;
    let most = 0;
    await start(
      {
        ...memoryDisk,
        read: async (offset, length) => {
          most = Math.max(most, ++underWay);
          await new Promise(resolve => setImmediate(resolve));
          underWay--;
          return memoryDisk.read(offset, length);
        },
      },
      4,
    );
    const client = await connectNbd({ socketPath, exportName: 'disk' });
    await Promise.all(Array.from({ length: 100 }, (_, index) => client.read(index, 1000)));
    expect(most).toBe(4);
    await client.close();
  });

  test('a client that asks and does not listen is answered no further than its bound', async () => {
    let answered = 0;
    const piece = Buffer.alloc(1024 * 1024);
    await start({
      size: piece.length,
      read: () => {
        answered++;
        return [piece];
      },
    });
    const { socket, read } = await rawConnection();
    const ask = encodeRequest({ flags: 0, type: command.read, cookie: 1n, offset: 0n, length: piece.length });
    socket.write(Buffer.concat(Array(500).fill(ask)));
    // Its 64 MiB, and what the kernel has taken.
    await expect.poll(() => answered).toBeGreaterThan(60);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(answered).toBeLessThan(70);
    for (let reply = 0; reply < 500; reply++) {
      expect(decodeReplyHeader(await read(16)).kind).toBe('simple');
      await read(piece.length);
    }
    expect(answered).toBe(500);
    socket.destroy();
  });

  test.each([
    ['behind the end', { type: command.read, offset: BigInt(bytes.length), length: 1 }, 22],
    ['at an absurd offset', { type: command.read, offset: 2n ** 64n - 1n, length: 4096 }, 22],
    ['of nothing', { type: command.read, offset: 0n, length: 0 }, 22],
    ['with a command nobody knows', { type: 99, offset: 0n, length: 1 }, 22],
    ['for extents without a context', { type: command.blockStatus, offset: 0n, length: 1 }, 22],
    ['to write', { type: command.write, offset: 0n, length: 8 }, 1],
    ['to trim', { type: command.trim, offset: 0n, length: 8 }, 1],
    ['to flush', { type: command.flush, offset: 0n, length: 0 }, 0],
  ])('a request %s gets its error, and the connection goes on', async (_, request, error) => {
    await start();
    const { socket, read } = await rawConnection();
    socket.write(encodeRequest({ flags: 0, cookie: 7n, ...request }));
    if (request.type === command.write) socket.write(Buffer.alloc(request.length));
    expect(decodeReplyHeader(await read(16))).toEqual({ kind: 'simple', cookie: 7n, error });
    socket.write(encodeRequest({ flags: 0, type: command.read, cookie: 8n, offset: 1n, length: 4 }));
    expect(decodeReplyHeader(await read(16))).toEqual({ kind: 'simple', cookie: 8n, error: 0 });
    expect(await read(4)).toEqual(bytes.subarray(1, 5));
    socket.destroy();
  });

  test('a client that says nothing is sent away', async () => {
    await start();
    const socket = connect(socketPath);
    await new Promise(resolve => socket.on('error', resolve).on('close', resolve).resume());
    expect(String(errors[0])).toMatch(/too long for the handshake/);
  });

  test('garbage from a client ends its connection and nothing else', async () => {
    await start();
    for (let seed = 0; seed < 150; seed++) {
      const garbage = seededBytes(seed, 16 + (seed % 7) * 100);
      const prefix =
        seed % 3 === 0
          ? Buffer.alloc(0)
          : Buffer.concat([encodeClientFlags(3), encodeOption(seed % 12, garbage.subarray(0, seed % 60))]);
      const socket = connect(socketPath);
      const gone = new Promise(resolve => socket.on('error', () => undefined).on('close', resolve));
      socket.resume();
      socket.end(Buffer.concat([prefix, garbage]));
      await gone;
    }
    const client = await connectNbd({ socketPath, exportName: 'disk' });
    expect(await client.read(9, 3)).toEqual(bytes.subarray(9, 12));
    await client.close();
  });

  test('garbage from a server ends the client with an error, at whatever moment it comes', async () => {
    const agreed = Buffer.concat([
      encodeOptionReply(option.structuredReply, optionReply.ack),
      encodeOptionReply(option.go, optionReply.info, encodeExportInfo(4096, 3)),
      encodeOptionReply(option.go, optionReply.ack),
    ]);
    let sent = Buffer.alloc(0);
    const liar = createServer(socket => {
      socket.on('error', () => undefined).resume();
      socket.end(sent);
    });
    await new Promise<void>(resolve => liar.listen(socketPath, resolve));
    for (let seed = 0; seed < 120; seed++) {
      const truth = Buffer.concat([encodeGreeting(), agreed]);
      const kept = seed % 2 ? truth : truth.subarray(0, (seed * 7) % truth.length);
      const chunkHeader =
        seed % 4 === 1 ? encodeChunkHeader(1n, [0, 1, 2, 5, 0x8001][seed % 5]!, 1, seed) : [];
      sent = Buffer.concat([kept, Buffer.from(chunkHeader), seededBytes(seed, 200)]);
      const attempt = connectNbd({ socketPath, exportName: 'disk', deadline: 5_000 }).then(client =>
        client.read(0, 512),
      );
      await expect(attempt).rejects.toThrow();
    }
    await new Promise(resolve => liar.close(resolve));
  });
});
