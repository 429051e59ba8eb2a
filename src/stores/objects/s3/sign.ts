/**
 * Signs requests to S3 by signature version 4, in the Authorization header and with the body's digest
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). What `protocols/signature-v4.ts` verifies.
 */
import { createHash, createHmac } from 'node:crypto';
import { canonicalRequest } from '../../../protocols/canonical-request.ts';
import type { S3Credentials } from './settings.ts';

export interface UnsignedRequest {
  method: string;
  /** Path and query as they will be sent. */
  path: string;
  query: string;
  /** Lower-case names, `host` among them. All are signed. */
  headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hexadecimal. */
  digest: string;
}

/** The headers to send: those given, and what the signature adds. */
export function signedHeaders(
  request: UnsignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: S3Credentials,
  region: string,
  now: Date,
): Record<string, string> {
  const date = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': request.digest,
    'x-amz-date': date,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const canonical = canonicalRequest(
    { ...request, headers: new Map(Object.entries(headers)) },
    { signedHeaders: names, payload: request.digest, pathIsLiteral: true },
  );
  const scope = [date.slice(0, 8), region, 's3', 'aws4_request'];
  const canonicalDigest = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), canonicalDigest].join('\n');
  const key = scope.reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  const signature = hmac(key, text).toString('hex');
  const credential = `Credential=${accessKeyId}/${scope.join('/')}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
