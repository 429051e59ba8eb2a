/** A signing client that costs little, and closed loops of its calls. */
import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface Answer {
  milliseconds: number;
  body: string;
}

export type Call = (parameters: Readonly<Record<string, string>>) => Promise<Answer>;

/** Calls an EC2 endpoint. @throws for every status but 200 */
export function ec2Caller(endpoint: string, keys: Keys): { call: Call; close(): void } {
  const { hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const host = `${hostname}:${port}`;
  const signatures = new Map<string, ReturnType<typeof signed>>();
  /** A signature is good for minutes: the server verifies each anew, but the two cores are not to measure us. */
  const signedLately = (body: string) => {
    const name = `${Math.floor(Date.now() / 60_000)} ${body}`;
    const headers = signatures.get(name) ?? signed(host, body, keys);
    if (signatures.size > 1000) signatures.clear();
    signatures.set(name, headers);
    return headers;
  };
  const call: Call = parameters =>
    new Promise((resolve, reject) => {
      const body = new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString();
      const headers = { ...signedLately(body), 'content-length': Buffer.byteLength(body) };
      const start = performance.now();
      const outgoing = request({ hostname, port, method: 'POST', path: '/', agent, headers }, response => {
        const parts: Buffer[] = [];
        response.on('data', part => parts.push(part));
        response.on('end', () => {
          const milliseconds = performance.now() - start;
          const answer = { milliseconds, body: Buffer.concat(parts).toString() };
          if (response.statusCode === 200) resolve(answer);
          else reject(new Error(`${response.statusCode}: ${answer.body.slice(0, 500)}`));
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { call, close: () => agent.destroy() };
}

export interface Load {
  perSecond: number;
  p50: number;
  p99: number;
}

/** Calls one after another in `concurrency` loops for some seconds. @param next makes the parameters of the nth call. */
export async function load(
  call: Call,
  concurrency: number,
  seconds: number,
  next: (number: number) => Record<string, string>,
): Promise<Load> {
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  let number = 0;
  const loop = async () => {
    while (performance.now() < end) times.push((await call(next(number++))).milliseconds);
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  const elapsed = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!;
  return { perSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99) };
}

function signed(host: string, body: string, { accessKeyId, secretAccessKey }: Keys) {
  const date = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const day = date.slice(0, 8);
  const scope = `${day}/us-east-1/ec2/aws4_request`;
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${host}\nx-amz-date:${date}\n\ncontent-type;host;x-amz-date\n${sha256(body)}`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(signingKey(secretAccessKey, day), text).toString('hex');
  return {
    host,
    'content-type': type,
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=${signature}`,
  };
}

let derived: { day: string; secret: string; key: Buffer } | undefined;

function signingKey(secret: string, day: string): Buffer {
  if (derived?.day === day && derived.secret === secret) return derived.key;
  const key = ['us-east-1', 'ec2', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, day));
  derived = { day, secret, key };
  return key;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
