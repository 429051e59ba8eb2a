import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GuestLimits, guestLimits } from '../../../../src/networks/namespace/holder/guest-limits.ts';
import { metadataServer } from '../../../../src/networks/namespace/holder/metadata-server.ts';
import { endpoint } from '../../../support/vpc-plans.ts';

const guest = endpoint(1, { privateIpAddress: '127.0.0.1' });
const get = (path: string) => `GET ${path} HTTP/1.0\r\n\r\n`;
const put = 'PUT /latest/api/token HTTP/1.0\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n';
const servers: Server[] = [];
let server: Server;
let sockets: Socket[];
let isKnown: boolean;

beforeEach(async () => {
  isKnown = true;
  sockets = [];
  guest.metadata.options.httpTokens = 'optional';
  await serve();
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
});

async function serve(limits?: GuestLimits): Promise<void> {
  server = metadataServer(address => (isKnown && address === '127.0.0.1' ? guest : undefined), limits);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function open(): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** All the service says to one request. */
async function ask(request: string): Promise<string> {
  const socket = open();
  let heard = '';
  socket.on('data', chunk => {
    heard += chunk;
  });
  socket.write(request);
  await new Promise(resolve => socket.once('close', resolve));
  return heard;
}

test('a guest is answered with its own metadata', async () => {
  const answer = await ask(get('/latest/meta-data/local-hostname'));
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nserver: EC2ws\r\n.*\r\n\r\nip-172-31-20-1\.ec2\.internal$/s);
});

test('who is no guest hears nothing', async () => {
  isKnown = false;
  expect(await ask(get('/'))).toBe('');
});

test('tokens of the service are its own: one is issued and then accepted', async () => {
  guest.metadata.options.httpTokens = 'required';
  expect(await ask(get('/latest/meta-data/'))).toMatch(/^HTTP\/1\.1 401 /);
  const issued = await ask(put);
  const token = issued.split('\r\n\r\n')[1];
  expect(token).toMatch(/^[\w-]{56}$/);
  const answer = await ask(
    `GET /latest/meta-data/local-ipv4 HTTP/1.0\r\nX-aws-ec2-metadata-token: ${token}\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 .*172\.31\.20\.1$/s);
});

test('headers beyond 8 KiB are refused', async () => {
  expect(await ask(`GET / HTTP/1.0\r\nX: ${'x'.repeat(9000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a guest that holds 32 connections open gets no further one', async () => {
  const held = Array.from({ length: 32 }, open);
  await Promise.all(held.map(socket => once(socket, 'connect')));
  expect(await ask(get('/'))).toBe('');
});

test('a guest that asks too fast is told so', async () => {
  await serve(guestLimits({ burst: 2, perSecond: 0 }));
  expect(await ask(get('/'))).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(await ask(get('/'))).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(await ask(get('/'))).toMatch(/^HTTP\/1\.1 429 Too Many Requests/);
});

test('only what has no token begins as the firewall lets it go any number of hops', async () => {
  const token = await ask(put);
  expect(token).toMatch(/^HTTP\/1\.1 200 OK\r\n(?!server)/);
  expect(token.indexOf('HTTP', 1)).toBe(-1);
  expect(await ask(put.replace('1.0', '1.1\r\nHost: x\r\nExpect: 100-continue'))).toMatch(
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n(?!server)/,
  );
});

test('a connection has one answer, so that no token follows what is none', async () => {
  for (const first of ['GET /', 'GET /nothing', 'HEAD /', 'PUT /']) {
    for (const second of [put, put.replace('1.0', '1.1\r\nHost: x')]) {
      const heard = await ask(`${first} HTTP/1.1\r\nHost: x\r\n\r\n${second}`);
      expect(heard).toMatch(/^HTTP\/1\.1 [24].*\r\nconnection: close\r\n/s);
      expect(heard.match(/HTTP\/1/g)).toHaveLength(1);
      expect(heard).not.toContain('token-ttl');
    }
  }
});
