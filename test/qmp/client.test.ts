import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectWhenReady, QmpClient, QmpClosed, QmpError, QmpTimeout } from '../../src/qmp/client.ts';

type Command = { execute: string; id: number; arguments?: Record<string, unknown> };

let folder: string;
let path: string;
let server: Server | undefined;
const sockets: Socket[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amity-qmp-'));
  path = join(folder, 'qmp');
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** A QMP server that leaves every command but the handshake to `handle`. */
async function serve(handle: (command: Command, send: (message: object) => void, socket: Socket) => void) {
  server = createServer(socket => {
    sockets.push(socket);
    const send = (message: object) => socket.write(`${JSON.stringify(message)}\r\n`);
    send({ QMP: { version: {}, capabilities: [] } });
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
      const lines = text.split('\r\n');
      text = lines.pop()!;
      for (const line of lines) {
        const command = JSON.parse(line) as Command;
        if (command.execute === 'qmp_capabilities') send({ return: {}, id: command.id });
        else handle(command, send, socket);
      }
    });
  });
  await new Promise<void>(resolve => server!.listen(path, resolve));
}

describe('QMP client', () => {
  test('answers find their commands in whatever order they come', async () => {
    const asked: Command[] = [];
    await serve((command, send) => {
      asked.push(command);
      if (asked.length < 3) return;
      for (const { execute, id } of asked.toReversed()) send({ return: execute, id });
    });
    const client = await QmpClient.connect(path);
    expect(await Promise.all(['a', 'b', 'c'].map(name => client.execute(name)))).toEqual(['a', 'b', 'c']);
    client.close();
  });

  test('a refusal names the command, the class and the reason', async () => {
    await serve(({ id }, send) => send({ error: { class: 'DeviceNotFound', desc: 'no such node' }, id }));
    const client = await QmpClient.connect(path);
    const error = await client.execute('blockdev-del').catch(error => error);
    expect(error).toBeInstanceOf(QmpError);
    expect(error).toMatchObject({ errorClass: 'DeviceNotFound', message: 'blockdev-del: no such node' });
    client.close();
  });

  test('a command that is not answered fails by its deadline and its late answer disturbs nobody', async () => {
    let late: () => void = () => undefined;
    await serve(({ execute, id }, send) => {
      if (execute === 'slow') late = () => send({ return: 'slow', id });
      else {
        late();
        send({ return: 'quick', id });
      }
    });
    const client = await QmpClient.connect(path);
    await expect(client.execute('slow', undefined, 20)).rejects.toBeInstanceOf(QmpTimeout);
    expect(await client.execute('quick')).toBe('quick');
    client.close();
  });

  test('the end of the connection fails what is pending, after the events before it', async () => {
    await serve((_, send, socket) => {
      send({ event: 'SHUTDOWN', data: { reason: 'guest-shutdown' } });
      socket.end();
    });
    const client = await QmpClient.connect(path);
    const events: unknown[] = [];
    client.onEvent(event => events.push(event));
    await expect(client.execute('quit')).rejects.toBeInstanceOf(QmpClosed);
    await client.closed;
    expect(events).toEqual([{ name: 'SHUTDOWN', data: { reason: 'guest-shutdown' } }]);
    await expect(client.execute('quit')).rejects.toBeInstanceOf(QmpClosed);
  });

  test('an event that overtakes the answer of its command is not missed', async () => {
    await serve(({ id }, send) => {
      send({ event: 'BLOCK_EXPORT_DELETED', data: { id: 'x' } });
      send({ return: {}, id });
    });
    const client = await QmpClient.connect(path);
    await client.executeUntil(event => event.data.id === 'x', 'block-export-del', { id: 'x' });
    const missing = client.executeUntil(event => event.data.id === 'y', 'block-export-del', { id: 'y' }, 20);
    await expect(missing).rejects.toBeInstanceOf(QmpTimeout);
    client.close();
  });

  test('a server that speaks something else is left', async () => {
    server = createServer(socket => {
      sockets.push(socket);
      socket.write('HTTP/1.1 400 Bad Request\r\n');
    });
    await new Promise<void>(resolve => server!.listen(path, resolve));
    await expect(QmpClient.connect(path)).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining('not JSON') }),
    });
  });

  test('a server that does not greet fails by the deadline', async () => {
    server = createServer(socket => sockets.push(socket));
    await new Promise<void>(resolve => server!.listen(path, resolve));
    await expect(QmpClient.connect(path, 20)).rejects.toBeInstanceOf(QmpTimeout);
  });

  test('a server that is just starting is waited for, one that has ended is not', async () => {
    const connecting = connectWhenReady(path, new Promise(() => undefined));
    await serve(() => undefined);
    (await connecting).close();
    await expect(connectWhenReady(join(folder, 'none'), Promise.resolve())).rejects.toBeInstanceOf(QmpClosed);
  });
});
