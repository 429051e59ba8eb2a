/** Signed requests to one bucket: which answers may pass by asking again, and which are final. */
import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ObjectStoreFailed } from '../object-store.ts';
import { readError } from './answers.ts';
import { Passing, type Patience, withAttempts } from './attempts.ts';
import { type Answer, BrokenAnswer, DeadlinePassed, exchange } from './exchange.ts';
import type { S3Credentials, S3Location } from './settings.ts';
import { signedHeaders } from './sign.ts';

export interface S3Options {
  location: S3Location;
  credentials: S3Credentials;
  /** For one attempt, from connecting to the last byte. */
  deadlineMs?: number;
  patience?: Patience;
  now?: () => Date;
}

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Without the prefix; empty: the bucket. */
  key: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: { digest: string; size: number; open: () => AsyncIterable<Uint8Array> };
  /** Of the answer's body where it is what was asked for. */
  mostBytes?: number;
  /** Statuses and error codes, such as `404 NoSuchKey`, that are an answer here and not a failure. */
  expected: readonly string[];
  /** Checks an expected answer. What it throws as BrokenAnswer is asked again. */
  check?: (answer: Answer) => void;
  /** Ends it early. */
  signal?: AbortSignal;
  /** For one attempt, where less than usual is enough. */
  mostMs?: number;
}

const digestOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const patient: Patience = { attempts: 6, firstPauseMs: 200, longestPauseMs: 5_000 };
/** Enough for an error and for a page of a list: a thousand keys. */
const mostXml = 4 * 1024 * 1024;
const connections: AgentOptions = { keepAlive: true, maxSockets: 32, maxFreeSockets: 8, scheduling: 'lifo' };
const passingStatuses = [408, 429, 500, 502, 503, 504];
const passingCodes = ['ConditionalRequestConflict', 'OperationAborted', 'RequestTimeout', 'SlowDown'];
const passingConnections =
  /^(ECONN(RESET|REFUSED|ABORTED)|EPIPE|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_STREAM_PREMATURE_CLOSE)$/;

export type S3Requests = ReturnType<typeof s3Requests>;

export function s3Requests({ location, credentials, ...rest }: S3Options) {
  const { deadlineMs = 60_000, patience = patient, now = () => new Date() } = rest;
  const { endpoint, bucket, prefix, region, pathStyle } = location;
  const base = new URL(pathStyle ? endpoint : endpoint.replace('://', `://${bucket}.`));
  const agent = base.protocol === 'https:' ? new HttpsAgent(connections) : new HttpAgent(connections);
  const closing = new AbortController();
  const where = `s3://${bucket}${prefix && `/${prefix}`} at ${endpoint}`;

  const attempt = async (wanted: S3Request, signal: AbortSignal): Promise<Answer> => {
    const { method, key, body } = wanted;
    const name = key && (prefix ? `${prefix}/${key}` : key);
    const path = `/${[...(pathStyle ? [bucket] : []), ...(name ? [name] : [])].join('/')}`;
    // As the signature wants it: URLSearchParams would write a space as a plus.
    const query = Object.entries(wanted.query ?? {})
      .map(pair => pair.map(encodeURIComponent).join('='))
      .join('&');
    const unsigned = {
      host: base.host,
      ...(body && { 'content-length': `${body.size}` }),
      ...wanted.headers,
    };
    const digest = body?.digest ?? digestOfNothing;
    const headers = signedHeaders(
      { method, path, query, headers: unsigned, digest },
      credentials,
      region,
      now(),
    );
    const url = new URL(query ? `${path}?${query}` : path, base);
    const answer = await exchange({
      method,
      url,
      headers,
      ...(body && { body: body.open }),
      agent,
      mostBytes: Math.max(mostXml, wanted.mostBytes ?? 0),
      deadlineMs: Math.min(deadlineMs, wanted.mostMs ?? deadlineMs),
      signal,
    });
    const error = answer.status < 300 ? undefined : readError(answer.body.toString('utf8', 0, mostXml));
    const code = error?.code ?? '';
    const outcome = `${answer.status} ${code}`.trim();
    if (wanted.expected.includes(outcome)) {
      wanted.check?.(answer);
      return answer;
    }
    const said = new Error([outcome, explanation(answer, code), error?.message].filter(Boolean).join(': '));
    throw passingStatuses.includes(answer.status) || passingCodes.includes(code)
      ? new Passing('', { cause: said })
      : said;
  };

  return {
    where,
    /** @throws ObjectStoreFailed naming what was asked and why it failed */
    async send(wanted: S3Request): Promise<Answer> {
      const signal = wanted.signal ? AbortSignal.any([closing.signal, wanted.signal]) : closing.signal;
      let attempts = 0;
      const counted = () => {
        attempts += 1;
        return attempt(wanted, signal).catch(error => {
          throw mayPass(error) ? new Passing('', { cause: error }) : error;
        });
      };
      try {
        return await withAttempts(counted, patience, signal);
      } catch (cause) {
        if (closing.signal.aborted) throw new ObjectStoreFailed(`${where} was closed`, { cause });
        wanted.signal?.throwIfAborted();
        const what = `${wanted.method} ${wanted.key || 'the list of objects'} in ${where}`;
        const often = attempts > 1 ? ` after ${attempts} attempts` : '';
        throw new ObjectStoreFailed(`${what} failed${often}: ${reason(cause)}`, { cause });
      }
    },
    close() {
      closing.abort(new Error('closed'));
      agent.destroy();
    },
  };
}

function mayPass(error: unknown): boolean {
  return (
    error instanceof BrokenAnswer ||
    error instanceof DeadlinePassed ||
    (error instanceof Error && 'code' in error && passingConnections.test(String(error.code)))
  );
}

/** What a person can do about answers that asking again does not mend. */
function explanation({ status, headers }: Answer, code: string): string {
  if (status >= 300 && status < 400) {
    const region = headers['x-amz-bucket-region'];
    return `redirects are not followed; name the bucket's own endpoint and region${region ? ` (${region})` : ''}`;
  }
  if (code === 'RequestTimeTooSkewed') return 'the clock of this machine is wrong';
  if (code === 'SignatureDoesNotMatch' || code === 'InvalidAccessKeyId') return 'check the access key';
  if (code === 'NoSuchBucket') return 'make the bucket first';
  return '';
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Connecting to a name with several addresses fails with an AggregateError, whose own message is empty.
  return cause.message || String((cause as NodeJS.ErrnoException).code ?? cause.name);
}
