/** Stands before a real S3 and spoils what a test says: late answers, errors, cut bodies, other bytes. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export type Fault = 'error' | 'cut' | 'garbled' | 'silent' | { lateMs: number };

export interface Asked {
  method: string;
  /** With the bucket. */
  path: string;
  range: string | undefined;
  /** How often the same was asked before. */
  before: number;
}

export interface S3Proxy {
  readonly endpoint: string;
  /** What to do to a request; set by the test, undone by `calm`. */
  spoil: (asked: Asked) => Fault | undefined;
  /** All that was asked since `calm`. */
  readonly asked: Asked[];
  /** The most requests that were under way at once since `calm`. */
  readonly busiest: number;
  calm(): void;
  stop(): Promise<void>;
}

export async function startS3Proxy(target: string): Promise<S3Proxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const times = new Map<string, number>();
  let underWay = 0;
  let busiest = 0;

  /** The Host header goes on as it came: the signature covers it. */
  const passOn = async (from: IncomingMessage, body: Buffer) => {
    const { method, url, headers } = from;
    const out = request({ hostname, port, method, path: url, headers, agent });
    out.end(body);
    const [answer] = (await once(out, 'response')) as [IncomingMessage];
    return { answer, bytes: await buffer(answer) };
  };
  const serve = async (from: IncomingMessage, to: ServerResponse) => {
    const body = await buffer(from);
    const path = new URL(from.url!, target).pathname;
    const { range } = from.headers;
    const name = `${from.method} ${from.url} ${range}`;
    const asked = { method: from.method!, path, range, before: times.get(name) ?? 0 };
    times.set(name, asked.before + 1);
    proxy.asked.push(asked);
    const fault = proxy.spoil(asked);
    if (fault === 'silent') return;
    if (typeof fault === 'object') await delay(fault.lateMs);
    if (fault === 'error') {
      to.writeHead(500).end('<Error><Code>InternalError</Code></Error>');
      return;
    }
    const { answer, bytes } = await passOn(from, body);
    to.writeHead(answer.statusCode!, answer.headers);
    if (fault === 'cut') to.write(bytes.subarray(0, bytes.length / 2), () => to.destroy());
    else to.end(fault === 'garbled' ? garbled(bytes) : bytes);
  };
  const server = createServer((from, to) => {
    busiest = Math.max(busiest, ++underWay);
    to.once('close', () => underWay--);
    serve(from, to).catch(error => to.destroy(error));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  const proxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spoil: (): Fault | undefined => undefined,
    asked: [] as Asked[],
    get busiest() {
      return busiest;
    },
    calm() {
      proxy.spoil = () => undefined;
      proxy.asked.length = 0;
      times.clear();
      busiest = 0;
    },
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  } as { -readonly [K in keyof S3Proxy]: S3Proxy[K] };
  return proxy;
}

/** Right in length and wrong in the middle, otherwise each time. */
function garbled(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  if (other.length > 0) other[other.length >> 1]! ^= 1 + Math.floor(Math.random() * 255);
  return other;
}
