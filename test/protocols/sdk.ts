/** The SDK's requests as our protocols see them, without a network between. */
import { createHash, createHmac } from 'node:crypto';
import type { WireRequest } from '../../src/protocols/wire.ts';

export interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

export async function wireRequestOf(request: SdkRequest): Promise<WireRequest> {
  return {
    method: request.method,
    path: request.path,
    query: queryString(request.query ?? {}),
    headers: new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: await bytesOf(request.body),
  };
}

function queryString(query: Record<string, string | string[] | null>): string {
  return Object.entries(query)
    .flatMap(([name, value]) =>
      [value ?? ''].flat().map(text => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`),
    )
    .join('&');
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The hash the SDK's signer asks for, on Node's. */
export class Sha256 {
  #hash;
  constructor(key?: unknown) {
    this.#hash = key ? createHmac('sha256', key as Buffer) : createHash('sha256');
  }
  update(data: Uint8Array | string) {
    this.#hash.update(data as Buffer);
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
  reset() {}
}
