/** One HTTP request and its whole answer, or an error: bounded in time and size, and no answer cut short is taken for whole. */
import { once } from 'node:events';
import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Exchange {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: () => AsyncIterable<Uint8Array>;
  agent: Agent;
  /** Answers with more bytes are an error. */
  mostBytes: number;
  deadlineMs: number;
  /** Ends it early. */
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  /** Of headers given twice, the first or all joined, as `IncomingMessage.headers` has them. */
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** An answer that cannot be trusted; asking again may bring a better one. */
export class BrokenAnswer extends Error {
  override name = 'BrokenAnswer';
}

/** No whole answer within the deadline. */
export class DeadlinePassed extends Error {
  override name = 'DeadlinePassed';
}

/** @throws what the connection met, BrokenAnswer, DeadlinePassed, or the signal's reason */
export async function exchange(wanted: Exchange): Promise<Answer> {
  const passed = new AbortController();
  const message = `No whole answer within ${wanted.deadlineMs / 1000} s`;
  const timer = setTimeout(() => passed.abort(new DeadlinePassed(message)), wanted.deadlineMs);
  const signal = AbortSignal.any([wanted.signal, passed.signal]);
  try {
    return await send(wanted, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

async function send(
  { url, method, headers, agent, body, mostBytes }: Exchange,
  signal: AbortSignal,
): Promise<Answer> {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = start(url, { method, headers, agent, signal });
  const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.on('response', resolve).on('error', reject);
  try {
    // A server may refuse before it has read the body: its answer counts, unless the source of the body fails.
    const sent = body ? pump(body(), request) : Promise.resolve(request.end());
    const response = await Promise.race([answered, sent.then(() => answered)]);
    return {
      status: response.statusCode!,
      headers: response.headers,
      body: await readAll(response, method, mostBytes),
    };
  } catch (error) {
    request.destroy();
    throw error;
  } finally {
    // A connection on which half a body was sent serves nobody else.
    if (!request.writableFinished) request.destroy();
  }
}

/** Fails only when the source does; what the connection meets, the request's own events tell. */
async function pump(source: AsyncIterable<Uint8Array>, request: ClientRequest): Promise<void> {
  const closed = new AbortController();
  request.once('close', () => closed.abort());
  for await (const chunk of source) {
    if (request.destroyed) return;
    if (!request.write(chunk)) await once(request, 'drain', { signal: closed.signal }).catch(() => undefined);
  }
  request.end();
}

async function readAll(response: IncomingMessage, method: string, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw new BrokenAnswer(`The answer has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  const announced = response.headers['content-length'];
  if (!response.complete) throw new BrokenAnswer(`The answer ended after ${length} bytes`);
  if (method !== 'HEAD' && announced !== undefined && Number(announced) !== length)
    throw new BrokenAnswer(`The answer has ${length} bytes where its Content-Length says ${announced}`);
  // Neither a length nor chunks: its end is wherever the connection broke.
  if (length > 0 && announced === undefined && response.headers['transfer-encoding'] === undefined)
    throw new BrokenAnswer('The answer does not say how long it is');
  return Buffer.concat(chunks, length);
}
