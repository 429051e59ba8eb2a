import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importAddresses } from '../../src/imports/addresses.ts';
import { download } from '../../src/imports/download.ts';
import { ImportRefused } from '../../src/imports/importer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: string;
let origin: string;
let requests: string[];
let answer: RequestListener;
const server = createServer((request, response) => {
  requests.push(request.url!);
  answer(request, response);
});

beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder.path, 'disk');
  requests = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await folder.remove();
});

const fetched = (url = '/disk', options: Partial<Parameters<typeof download>[2]> = {}) =>
  download(new URL(url, origin).href, file, {
    mayReach: importAddresses(['127.0.0.1']),
    signal: new AbortController().signal,
    onProgress: async () => {},
    largest: 2 ** 30,
    reserve: 0,
    ...options,
  });
const refused = async (...args: Parameters<typeof fetched>) => {
  const error = await fetched(...args).then(
    () => new Error('taken'),
    thrown => thrown,
  );
  expect(error).toBeInstanceOf(ImportRefused);
  return (error as Error).message;
};

describe('a download', () => {
  test('is the bytes that were served, zeroes as holes', async () => {
    const bytes = Buffer.alloc(4 * 1024 ** 2);
    bytes.write('first', 0);
    bytes.write('last', bytes.length - 4);
    answer = (_request, response) => response.end(bytes);
    expect(await fetched()).toBe(bytes.length);
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect((await stat(file)).blocks * 512).toBeLessThan(bytes.length / 2);
  });

  test('follows a redirect', async () => {
    answer = (request, response) =>
      request.url === '/disk' ? response.writeHead(302, { location: '/there' }).end() : response.end('bytes');
    expect(await fetched()).toBe(5);
    expect(requests).toEqual(['/disk', '/there']);
  });

  test('begins anew when the server breaks off', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      if (requests.length < 3) response.write('01234', () => response.destroy());
      else response.end('0123456789');
    };
    expect(await fetched()).toBe(10);
    expect(requests).toHaveLength(3);
  });

  test('ends with its signal, also while nothing comes', async () => {
    const abort = new AbortController();
    answer = (_request, response) => {
      response.write('0');
      abort.abort(new Error('canceled'));
    };
    await expect(fetched('/disk', { signal: abort.signal })).rejects.toThrow('canceled');
    expect(requests).toHaveLength(1);
  });

  test('tells how far it is while it waits', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('01234');
      finish = () => response.end('56789');
    };
    let finish = () => {};
    const told: number[] = [];
    await fetched('/disk', {
      onProgress: async portion => {
        told.push(portion);
        finish();
      },
    });
    expect(told).toEqual([0.5]);
  });
});

describe('a download is refused', () => {
  test('from an address that is not allowed, before it is connected to', async () => {
    const mayReach = importAddresses([]);
    expect(await refused('/disk', { mayReach })).toContain(
      '127.0.0.1 is at an address imports may not reach',
    );
    const { port } = server.address() as AddressInfo;
    expect(await refused(`http://localhost:${port}/disk`, { mayReach })).toContain(
      'localhost is at an address',
    );
    expect(requests).toEqual([]);
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data/', '169.254.169.254 is at an address'],
    ['http://[::1]:1/', '::1 is at an address'],
    ['http://2130706434/', '127.0.0.2 is at an address'],
    ['file:///etc/shadow', 'no http:// or https:// URL'],
    ['/again', 'redirects more than 5 times'],
  ])('when it is redirected to %s', async (location, words) => {
    answer = (_request, response) => response.writeHead(302, { location }).end();
    expect(await refused()).toContain(words);
  });

  test('when the server answers no file', async () => {
    answer = (_request, response) => response.writeHead(403).end('no');
    expect(await refused()).toBe('The server answered 403.');
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no');
    expect(await refused()).toContain('packs the file as "gzip"');
    answer = (_request, response) => response.writeHead(503).end('later');
    expect(await refused()).toBe('The download failed: The server answered 503.');
  });

  test('when it is cut short each time', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('01234', () => response.destroy());
    };
    expect(await refused()).toMatch(/^The download failed: It ended after [05] of 10 bytes\.$/);
    expect(requests).toHaveLength(3);
  });

  test('when it is too large, said or not', async () => {
    answer = (_request, response) => response.end(Buffer.alloc(2000));
    expect(await refused('/disk', { largest: 1000 })).toContain('larger than');
    answer = (_request, response) => response.write(Buffer.alloc(2000));
    expect(await refused('/disk', { largest: 1000 })).toContain('larger than');
  });

  test('when the disk has no room for it', async () => {
    answer = (_request, response) => response.end('bytes');
    expect(await refused('/disk', { reserve: Number.MAX_SAFE_INTEGER })).toContain(
      'too little free disk space',
    );
  });

  test('when nothing comes, or not all in time', async () => {
    answer = (_request, response) => response.write('0');
    expect(await refused('/disk', { idleTimeout: 50 })).toBe('The download failed: Nothing came for 0.05 s.');
    expect(await refused('/disk', { timeout: 50 })).toBe('The download took too long.');
  });

  test('when no server is there', async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await refused(`http://127.0.0.1:${port}/`)).toBe(
      'The download failed: The server refused the connection.',
    );
    expect(existsSync(file)).toBe(false);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
});
