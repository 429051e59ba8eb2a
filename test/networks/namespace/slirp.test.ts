import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Forward } from '../../../src/networks/namespace/public-forwards.ts';
import { isListening, parseForwards, reconcileForwards } from '../../../src/networks/namespace/slirp.ts';

/** slirp4netns as far as its socket goes; it refuses ports somebody else holds. */
let entries: Array<Record<string, unknown> & { id: number }>;
let requests: string[];
let server: Server;
let folder: string;
let path: string;
const heldPort = 443;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amity-'));
  path = join(folder, 'api');
  entries = [];
  requests = [];
  let lastId = 0;
  server = createServer({ allowHalfOpen: true }, socket => {
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.on('end', () => {
      const { execute, arguments: args } = JSON.parse(text);
      requests.push(execute);
      if (execute === 'list_hostfwd') return socket.end(JSON.stringify({ entries }));
      if (execute === 'remove_hostfwd') entries = entries.filter(one => one.id !== args.id);
      else if (args.host_port === heldPort)
        return socket.end('{"error":{"desc":"slirp_add_hostfwd failed"}}');
      else entries.push({ id: ++lastId, ...args });
      socket.end('{"return":{}}');
    });
  }).listen(path);
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function forward(port: number): Forward {
  const [hostAddress, guestAddress] = ['127.77.0.5', '172.31.20.1'];
  return { protocol: 'tcp', hostAddress, hostPort: port, guestAddress, guestPort: port };
}

const ports = () => entries.map(one => one.host_port);

test('forwards become those wanted, and one that stays is left alone', async () => {
  await reconcileForwards(path, [forward(22), forward(80)], () => undefined);
  expect(ports()).toEqual([22, 80]);
  requests = [];
  await reconcileForwards(path, [forward(80), forward(8080)], () => undefined);
  expect(ports()).toEqual([80, 8080]);
  expect(requests).toEqual(['list_hostfwd', 'remove_hostfwd', 'add_hostfwd']);
});

test('a port somebody else holds is reported, and the others are made', async () => {
  const reports: string[] = [];
  await reconcileForwards(path, [forward(heldPort), forward(8443)], message => reports.push(message));
  expect(ports()).toEqual([8443]);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toMatch(/127\.77\.0\.5 port 443 cannot lead to its guest/);
});

test('a socket nobody listens on is told', async () => {
  expect(await isListening(path)).toBe(true);
  expect(await isListening(join(folder, 'none'))).toBe(false);
});

test('an answer that is no list is refused', () => {
  expect(() => parseForwards({ return: {} })).toThrow('does not list');
});
