/**
 * Verifies signature version 4, in the `Authorization` header or in the query string of a presigned URL.
 * First `readSignature` says who claims to have signed, then `verifySignature` proves it with that key's secret.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalRequest, queryPairs } from './canonical-request.ts';
import type { WireRequest } from './wire.ts';

/** Why a signature was refused; a protocol picks its own code, text and status. */
type SignatureFault = 'missing' | 'malformed' | 'expired' | 'mismatch';

export class SignatureError extends Error {
  override name = 'SignatureError';
  readonly fault: SignatureFault;

  constructor(fault: SignatureFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export interface Signature {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** As written, `20240510T131712Z`. */
  readonly date: string;
  /** Seconds a presigned URL is good for; undefined for the header form. */
  readonly expiresIn: number | undefined;
}

export interface VerifyOptions {
  readonly now: Date;
  /** Accept a body that the signature does not cover (`UNSIGNED-PAYLOAD`). */
  readonly allowUnsignedPayload: boolean;
}

const algorithm = 'AWS4-HMAC-SHA256';
const maxSkewMilliseconds = 5 * 60_000;
const maxExpiresSeconds = 7 * 24 * 3600;
const datePattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const headerPattern =
  /^AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([^,\s]+)$/;

/** Throws `SignatureError` where there is none, or it is not of the form. Nothing in the result is proven yet. */
export function readSignature(request: Pick<WireRequest, 'query' | 'headers'>): Signature {
  const authorization = request.headers.get('authorization');
  const query = new Map(pairsOf(request.query));
  if (authorization !== undefined) {
    const match = headerPattern.exec(authorization.trim());
    if (!match)
      throw malformed(
        `The Authorization header must be '${algorithm} Credential=…, SignedHeaders=…, Signature=…'`,
      );
    const [, credential, signedHeaders, signature] = match;
    return signatureOf(credential!, signedHeaders!, signature!, request.headers.get('x-amz-date') ?? '');
  }
  if (!query.has('X-Amz-Algorithm') && !query.has('X-Amz-Signature')) {
    throw new SignatureError('missing', 'Request is missing Authentication Token');
  }
  if (query.get('X-Amz-Algorithm') !== algorithm) throw malformed(`X-Amz-Algorithm must be ${algorithm}`);
  const part = (name: string) => query.get(name) ?? '';
  const expires = part('X-Amz-Expires');
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > maxExpiresSeconds) {
    throw malformed(`X-Amz-Expires must be a number of seconds up to ${maxExpiresSeconds}`);
  }
  return signatureOf(
    part('X-Amz-Credential'),
    part('X-Amz-SignedHeaders'),
    part('X-Amz-Signature'),
    part('X-Amz-Date'),
    Number(expires),
  );
}

/** Throws `SignatureError`: `expired` first, so that a client with a wrong clock is told about its clock. */
export function verifySignature(
  request: WireRequest,
  signature: Signature,
  secret: string,
  options: VerifyOptions,
): void {
  verifyTime(signature, options.now);
  verifyCoverage(request, signature);
  const payload = signedPayload(request, signature, options);
  const canonical = canonicalOf(request, signature, payload);
  const scope = `${signature.day}/${signature.region}/${signature.service}/aws4_request`;
  const text = [algorithm, signature.date, scope, sha256(canonical)].join('\n');
  const expected = hmac(signingKey(secret, signature), text);
  if (!timingSafeEqual(expected, Buffer.from(signature.signature, 'hex'))) throw mismatch();
}

function signatureOf(
  credential: string,
  headers: string,
  signature: string,
  date: string,
  expiresIn?: number,
): Signature {
  const parts = credential.split('/');
  const [accessKeyId, day, region, service, terminator] = parts;
  if (parts.length !== 5 || terminator !== 'aws4_request' || !accessKeyId || !day || !region || !service) {
    throw malformed('The credential must be KEY/YYYYMMDD/REGION/SERVICE/aws4_request');
  }
  if (!datePattern.test(date)) throw malformed('X-Amz-Date must be of the form YYYYMMDDTHHMMSSZ');
  if (!date.startsWith(day)) throw malformed('The day in the credential must be the day of X-Amz-Date');
  if (!/^[0-9a-f]{64}$/.test(signature))
    throw malformed('The signature must be 64 lower-case hexadecimal digits');
  const signedHeaders = headers.split(';');
  return { accessKeyId, day, region, service, signedHeaders, signature, date, expiresIn };
}

function verifyTime({ date, expiresIn }: Signature, now: Date): void {
  const signedAt = Date.parse(date.replace(datePattern, '$1-$2-$3T$4:$5:$6Z'));
  const age = now.getTime() - signedAt;
  const lifetime = expiresIn === undefined ? maxSkewMilliseconds : expiresIn * 1000;
  // Written so that a date no calendar has (NaN) is refused as well.
  if (!(age >= -maxSkewMilliseconds && age <= lifetime)) {
    throw new SignatureError(
      'expired',
      `Request has expired. It was signed at ${date}; the time here is ${now.toISOString()}`,
    );
  }
}

/** Every `x-amz-` header must be signed: they carry lengths, checksums and tokens. */
function verifyCoverage(request: WireRequest, { signedHeaders, expiresIn }: Signature): void {
  if (!signedHeaders.includes('host')) throw malformed('The Host header must be signed');
  for (const name of request.headers.keys()) {
    const mustBeSigned =
      name.startsWith('x-amz-') && !(expiresIn !== undefined && name === 'x-amz-content-sha256');
    if (mustBeSigned && !signedHeaders.includes(name)) throw malformed(`The header ${name} must be signed`);
  }
}

/** What the signature says of the body. A digest that is not the body's is a changed body. */
function signedPayload(request: WireRequest, { expiresIn }: Signature, options: VerifyOptions): string {
  const digest = sha256(request.body);
  const inQuery =
    expiresIn === undefined ? undefined : new Map(pairsOf(request.query)).get('X-Amz-Content-Sha256');
  const payload = request.headers.get('x-amz-content-sha256') ?? inQuery ?? digest;
  if (payload === 'UNSIGNED-PAYLOAD' && options.allowUnsignedPayload) return payload;
  if (payload !== digest) throw mismatch();
  return payload;
}

function canonicalOf(request: WireRequest, { signedHeaders, service }: Signature, payload: string): string {
  try {
    return canonicalRequest(request, { signedHeaders, payload, pathIsLiteral: service === 's3' });
  } catch (cause) {
    if (cause instanceof URIError) throw malformed('The URL holds a malformed escape', { cause });
    throw cause;
  }
}

/** Keys made of the secrets that were used last; each is good for a day, a region and a service. */
const signingKeys = new Map<string, Buffer>();
const mostSigningKeys = 1000;

/** Asked for known access keys only, so that nobody else can crowd the others out. */
function signingKey(secret: string, { day, region, service }: Signature): Buffer {
  const name = [secret, day, region, service].join('/');
  let key = signingKeys.get(name);
  if (!key) {
    key = [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
    signingKeys.set(name, key);
    if (signingKeys.size > mostSigningKeys) signingKeys.delete(signingKeys.keys().next().value!);
  }
  return key;
}

function pairsOf(query: string): [string, string][] {
  try {
    return queryPairs(query);
  } catch (cause) {
    throw malformed('The query string holds a malformed escape', { cause });
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function malformed(message: string, options?: ErrorOptions): SignatureError {
  return new SignatureError('malformed', message, options);
}

function mismatch(): SignatureError {
  return new SignatureError('mismatch', 'The request signature we calculated does not match');
}
