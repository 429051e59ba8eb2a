/**
 * The canonical form of a request that signature version 4 signs
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
import type { WireRequest } from './wire.ts';

export interface CanonicalOptions {
  readonly signedHeaders: readonly string[];
  /** The body's digest, or a word such as `UNSIGNED-PAYLOAD`. */
  readonly payload: string;
  /** S3 keys may hold `//` and `..`, so S3 neither normalizes paths nor encodes them twice. */
  readonly pathIsLiteral: boolean;
}

type Signable = Pick<WireRequest, 'method' | 'path' | 'query' | 'headers'>;

export function canonicalRequest(request: Signable, options: CanonicalOptions): string {
  const { signedHeaders, payload, pathIsLiteral } = options;
  const headers = signedHeaders.map(name => `${name}:${canonicalHeader(request.headers.get(name) ?? '')}\n`);
  return [
    request.method,
    pathIsLiteral ? literalPath(request.path) : normalizedPath(request.path),
    canonicalQuery(request.query),
    headers.join(''),
    signedHeaders.join(';'),
    payload,
  ].join('\n');
}

/** Name and value pairs of a query string, decoded; `+` is a space. Throws `URIError` where an escape is malformed. */
export function queryPairs(query: string): [name: string, value: string][] {
  return query
    .split('&')
    .filter(Boolean)
    .map(pair => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decodeForm(name), decodeForm(value)];
    });
}

function canonicalQuery(query: string): string {
  return queryPairs(query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(pair => pair.join('='))
    .join('&');
}

/** The path as sent, its escapes escaped again, without `.`, `..` and empty segments. */
function normalizedPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

function literalPath(path: string): string {
  return path
    .split('/')
    .map(segment => encode(decodeURIComponent(segment)))
    .join('/');
}

function canonicalHeader(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decodeForm(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
