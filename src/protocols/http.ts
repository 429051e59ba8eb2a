/** The socket side of the edge: HTTP requests as bytes to the handler, its answers back. */
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { ApiError } from '../domain/errors.ts';
import type { Edge } from './edge.ts';
import { type RequestHandler, tooLarge } from './handler.ts';
import { maxFormBytes } from './services.ts';
import type { WireRequest } from './wire.ts';

/** Room for a GET whose query string holds user data (16 KiB, in base64 and percent-encoded). */
const maxHeaderBytes = 64 * 1024;

export function createHttpServer(handle: RequestHandler): Edge {
  const app = fastify({
    bodyLimit: maxFormBytes,
    // Longer than the clients' pools keep a connection (the SDKs: seconds), so that we do not close one as they write to it.
    keepAliveTimeout: 75_000,
    requestTimeout: 120_000,
    http: { maxHeaderSize: maxHeaderBytes },
    // Signatures cover the path as sent: nothing here may decode it, so the router sees one path only.
    rewriteUrl: () => '/',
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  async function reply(request: FastifyRequest, reply: FastifyReply, problem?: Error) {
    const wire = wireRequest(request);
    const { status, headers, body } = await handle(wire ?? emptyRequest, wire ? problem : malformedUrl());
    return reply
      .code(status)
      .headers(headers)
      .send(typeof body === 'string' ? body : bytes(body));
  }

  app.all('/', (request, response) => reply(request, response));
  app.setErrorHandler((error: FastifyError, request, response) => reply(request, response, problemOf(error)));

  return {
    async listen(host, port) {
      await app.listen({ host, port });
      const address = app.server.address() as AddressInfo;
      return { host: address.address, port: address.port };
    },
    close: () => app.close(),
  };
}

const emptyRequest: WireRequest = {
  method: 'GET',
  path: '/',
  query: '',
  headers: new Map(),
  body: Buffer.alloc(0),
};

function wireRequest(request: FastifyRequest): WireRequest | undefined {
  const url = request.originalUrl;
  if (!url.startsWith('/')) return undefined;
  const mark = url.indexOf('?');
  return {
    method: request.method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: headersOf(request.raw.rawHeaders),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

/** From Node's raw list, since its own object drops some repeated headers, and a signature covers them all. */
function headersOf(raw: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    const value = raw[index + 1]!.trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)},${value}` : value);
  }
  return headers;
}

/** What the client did wrong as an error for it; anything else stays as it is, to be logged. */
function problemOf(error: FastifyError): Error {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(maxFormBytes);
  return new ApiError('InvalidRequest', 'The request could not be read', error.statusCode ?? 400, {
    cause: error,
  });
}

function malformedUrl(): ApiError {
  return new ApiError('InvalidRequest', 'The URL of a request must begin with a slash');
}

function bytes(view: Uint8Array): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}
