/**
 * The instance metadata service, as values: what one guest is answered. AWS: "Use the Instance Metadata Service to
 * access instance metadata". Who the guest is has been settled before, by the address it sent from.
 */
import type { GuestMetadata } from '../../domain/vpc-plan-types.ts';
import type { TokenBook } from './token-book.ts';
import { find, parsePath } from './tree.ts';
import { metadataVersions } from './versions.ts';

export interface MetadataRequest {
  method: string;
  /** The request target as sent, query included. */
  path: string;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface MetadataResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const tokenHeader = 'x-aws-ec2-metadata-token';
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';
/** Six hours, the longest life of a token. */
const longestTtl = 21_600;

export function answerMetadata(
  request: MetadataRequest,
  guest: { instanceId: string; metadata: GuestMetadata },
  tokens: TokenBook,
  nowMs: number,
): MetadataResponse {
  const { metadata, instanceId } = guest;
  if (metadata.options.httpEndpoint === 'disabled') return refuse(403);
  if (request.method === 'PUT') return issueToken(request, instanceId, tokens, nowMs);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, { allow: 'GET, HEAD, PUT' });

  const token = header(request, tokenHeader);
  // A wrong token is refused also where none is needed.
  const remaining = token === undefined ? undefined : tokens.remaining(instanceId, token, nowMs);
  const allowed = token === undefined ? metadata.options.httpTokens === 'optional' : remaining !== undefined;
  // Not a thing to read: the token is made by PUT.
  if (allowed && isTokenPath(request.path)) return refuse(405, { allow: 'OPTIONS, PUT' });
  const found = allowed ? find(request.path, metadata) : undefined;
  const response = !allowed ? refuse(401) : found ? answer(found.body, found.contentType) : refuse(404);
  if (remaining !== undefined) response.headers[ttlHeader] = String(remaining);
  return request.method === 'HEAD' ? { ...response, body: Buffer.alloc(0) } : response;
}

function issueToken(
  request: MetadataRequest,
  instanceId: string,
  tokens: TokenBook,
  nowMs: number,
): MetadataResponse {
  if (!isTokenPath(request.path)) return refuse(404);
  const [version] = parsePath(request.path)!.names;
  // A request that came through a proxy is likely not the guest's own: no token leaves this way.
  if (version !== 'latest' || request.headers['x-forwarded-for'] !== undefined) return refuse(403);
  const ttl = header(request, ttlHeader);
  if (ttl === undefined || !/^\d{1,5}$/.test(ttl) || Number(ttl) < 1 || Number(ttl) > longestTtl)
    return refuse(400);
  return answer(tokens.issue(instanceId, Number(ttl), nowMs), 'text/plain', {
    [ttlHeader]: String(Number(ttl)),
  });
}

function isTokenPath(path: string): boolean {
  const [version = '', ...names] = parsePath(path)?.names ?? [];
  return names.join('/') === 'api/token' && metadataVersions.includes(version);
}

function header(request: MetadataRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function answer(
  content: string | Buffer,
  contentType: string,
  headers: Record<string, string> = {},
): MetadataResponse {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    status: 200,
    headers: { 'content-type': contentType, 'content-length': String(body.length), ...headers },
    body,
  };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
};

/** An error as the service writes it: a small page of XHTML. */
export function refuse(status: number, headers: Record<string, string> = {}): MetadataResponse {
  const title = `${status} - ${reasons[status]}`;
  const body = Buffer.from(`<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
	"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>${title}</title>
 </head>
 <body>
  <h1>${title}</h1>
 </body>
</html>
`);
  return {
    status,
    headers: { 'content-type': 'text/html', 'content-length': String(body.length), ...headers },
    body,
  };
}
