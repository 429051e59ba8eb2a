import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ObjectConflict, type ObjectStore } from '../../../../src/stores/objects/object-store.ts';
import { s3Objects } from '../../../../src/stores/objects/s3/s3.ts';
import { allOf } from '../../../support/all-of.ts';

type Handler = (response: ServerResponse, request: IncomingMessage) => void;

const started: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

/** A store whose server answers one request after the other as told, the last way for all that follow. */
async function against(...handlers: Handler[]): Promise<{ store: ObjectStore; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    handlers[Math.min(asked.length, handlers.length) - 1]!(response, request);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const store = s3Objects({
    location: {
      bucket: 'bucket',
      prefix: 'p',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      pathStyle: true,
    },
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'very-secret' },
    deadlineMs: 400,
    patience: { attempts: 3, firstPauseMs: 1, longestPauseMs: 4 },
  });
  started.push({
    async stop() {
      await store.close();
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  });
  return { store, asked };
}

const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Handler =>
  (response, request) => {
    // As most servers do, it takes the body before it answers.
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  };
const refuse = (status: number, code: string) => answer(status, `<Error><Code>${code}</Code></Error>`);
const range = (text: string, contentRange: string): Handler =>
  answer(206, text, { 'content-range': contentRange });
const hello = answer(200, 'hello', { 'content-length': '5' });
const silence: Handler = () => {};
const hangUp: Handler = response => response.socket!.destroy();
const cutShort: Handler = response => {
  response.writeHead(200, { 'content-length': '5' }).write('hel', () => response.socket!.destroy());
};
const stall: Handler = response => response.writeHead(200, { 'content-length': '5' }).write('hel');
const chunksCutShort: Handler = response => {
  response.writeHead(200).write('hel', () => response.socket!.destroy());
};
const noLength: Handler = response => response.socket!.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhel');

test.each([
  ['500', refuse(500, 'InternalError')],
  ['503 SlowDown', refuse(503, 'SlowDown')],
  ['429 without a body', answer(429)],
  ['409 of a race', refuse(409, 'OperationAborted')],
  ['no answer', silence],
  ['a connection that breaks', hangUp],
  ['a body cut short', cutShort],
  ['chunks cut short', chunksCutShort],
  ['a body that stops', stall],
  ['a body of unknown length', noLength],
])('after %s it asks again, and gets it right', async (_, fault) => {
  const { store, asked } = await against(fault, fault, hello);
  expect((await store.get('key')).toString()).toBe('hello');
  expect(asked).toHaveLength(3);
});

test.each([
  ['503 SlowDown', refuse(503, 'SlowDown'), '503 SlowDown'],
  ['no answer', silence, 'No whole answer within 0.4 s'],
  ['a body cut short', cutShort, 'aborted'],
  ['a body that stops', stall, 'No whole answer within 0.4 s'],
  ['a body of unknown length', noLength, 'does not say how long'],
])('where it is always %s, it gives up and says so', async (_, fault, reason) => {
  const { store, asked } = await against(fault);
  await expect(store.get('a/key')).rejects.toThrow(
    /^GET a\/key in s3:\/\/bucket\/p at http.* failed after 3 attempts: /,
  );
  await expect(store.get('a/key')).rejects.toThrow(reason);
  expect(asked).toHaveLength(6);
});

test.each([
  ['another place', range('hello', 'bytes 5-9/20')],
  ['fewer bytes than it says', range('hel', 'bytes 0-4/20')],
  ['fewer bytes than there are', range('hel', 'bytes 0-2/20')],
  ['more bytes', range('hello!', 'bytes 0-5/20')],
  ['a range without numbers', range('hello', 'bytes */20')],
  ['several ranges', answer(206, 'hello', { 'content-type': 'multipart/byteranges' })],
])('a piece from %s is refused', async (_, fault) => {
  const { store } = await against(fault);
  await expect(store.get('key', { offset: 0, length: 5 })).rejects.toThrow('asked for bytes=0-4 of key');
});

test('the whole object instead of the piece is refused', async () => {
  const { store, asked } = await against(hello);
  await expect(store.get('key', { offset: 1, length: 3 })).rejects.toThrow('failed: 200');
  expect(asked).toHaveLength(1);
});

test('an answer larger than the piece asked for is not taken into memory', async () => {
  const { store } = await against(answer(200, 'x'.repeat(5 * 1024 * 1024)));
  await expect(store.get('key', { offset: 0, length: 3 })).rejects.toThrow('more than 4194304 bytes');
});

test('a redirect is not followed; the error names the region', async () => {
  const { store, asked } = await against(
    answer(307, '', { location: 'http://127.0.0.1:1/', 'x-amz-bucket-region': 'eu-west-1' }),
  );
  await expect(store.get('key')).rejects.toThrow(/307: redirects are not followed.*eu-west-1/);
  expect(asked).toHaveLength(1);
});

test('a 404 that is none of S3 is not taken for a missing object', async () => {
  const { store } = await against(answer(404, '<html>not here</html>'));
  await expect(store.get('key')).rejects.toThrow('failed: 404');
  await expect(store.head('key')).rejects.toThrow('failed: 404');
  await expect(store.delete('key')).rejects.toThrow('failed: 404');
});

test('refusals are final, and hold no secret', async () => {
  const { store, asked } = await against(refuse(403, 'AccessDenied'));
  const failure = await store.put('key', Buffer.from('x')).catch(error => error);
  expect(failure.message).toMatch(/failed: 403 AccessDenied/);
  expect(JSON.stringify(failure) + failure.stack + String(failure.cause?.stack)).not.toContain('very-secret');
  expect(asked).toHaveLength(1);
});

test('a refusal before the body was read is an answer', async () => {
  const early: Handler = response => response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
  const { store } = await against(early);
  await expect(store.put('key', Buffer.alloc(32 * 1024 * 1024))).rejects.toThrow('AccessDenied');
});

test('a put is sent whole again after the connection broke in its middle', async () => {
  const bodies: string[] = [];
  const breakEarly: Handler = (response, request) => request.once('data', () => response.socket!.destroy());
  const take: Handler = (response, request) => {
    const hash = createHash('sha256');
    request
      .on('data', chunk => hash.update(chunk))
      .on('end', () => {
        bodies.push(hash.digest('hex'));
        response.end();
      });
  };
  const { store, asked } = await against(breakEarly, take);
  const content = Buffer.alloc(8 * 1024 * 1024, 7);
  await store.put('key', content);
  const digest = createHash('sha256').update(content).digest('hex');
  expect(bodies).toEqual([digest]);
  expect(asked[1]!.headers).toMatchObject({
    'content-length': `${content.length}`,
    'x-amz-content-sha256': digest,
  });
});

test('a put whose answer was lost finds its own object and succeeds', async () => {
  const digest = createHash('sha256').update('hello').digest('hex');
  const noted = answer(200, '', { 'content-length': '5', 'x-amz-meta-sha256': digest });
  const { store } = await against(hangUp, refuse(412, 'PreconditionFailed'), noted);
  await store.put('key', Buffer.from('hello'), { ifAbsent: true });
});

test('what is already there is compared by its bytes where no digest was noted', async () => {
  const there = [refuse(412, 'PreconditionFailed'), answer(200, '', { 'content-length': '5' }), hello];
  const one = await against(...there);
  await one.store.put('key', Buffer.from('hello'), { ifAbsent: true });
  const other = await against(...there);
  await expect(other.store.put('key', Buffer.from('HELLO'), { ifAbsent: true })).rejects.toBeInstanceOf(
    ObjectConflict,
  );
});

const page = (...lines: string[]) => answer(200, `<ListBucketResult>${lines.join('')}</ListBucketResult>`);
const entry = (key: string) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`;
const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>';
const all = '<IsTruncated>false</IsTruncated>';

test('a list goes on until the server says it is all', async () => {
  const { store, asked } = await against(page(entry('p/a'), more), page(entry('p/b'), all));
  expect(await allOf(store.list(''))).toEqual([
    { key: 'a', size: 1 },
    { key: 'b', size: 1 },
  ]);
  expect(asked[1]!.url).toContain('continuation-token=t');
});

test.each([
  ['a list that repeats itself', page(entry('p/a'), more), '"p/a" where it does not belong'],
  ['a list of other objects', page(entry('elsewhere/a'), all), '"elsewhere/a" where it does not belong'],
  ['an empty page that is not the last', page(more), 'goes on after an empty page'],
  ['a list that does not say whether it is all', page(entry('p/a')), 'whether it is all'],
  ['garbage', answer(200, '<<<>'), 'No tag'],
  ['no XML', answer(200, '{}'), 'Text outside of elements'],
  ['another document', answer(200, '<html></html>'), '<html> is no list'],
  ['a document type', answer(200, '<!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult/>'), 'No tag'],
  ['half a page', answer(200, '<ListBucketResult><Contents>'), 'ends before'],
])('%s is an error', async (_, fault, reason) => {
  const { store } = await against(fault);
  await expect(allOf(store.list(''))).rejects.toThrow(reason);
});

test('closing ends what is under way', async () => {
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  const { store } = await against(() => resolve());
  const reading = expect(store.get('key')).rejects.toThrow('was closed');
  await arrived;
  await store.close();
  await reading;
});
