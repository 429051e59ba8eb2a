/** Calls of services whose SDK clients are not installed here: KMS and the Recycle Bin. */
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../protocols/sdk.ts';
import type { AccountKeys, Amity } from './amity.ts';

interface SignedRequest {
  service: string;
  path: string;
  headers: Record<string, string>;
  input: object;
}

/** Calls KMS as its client does. */
export const kms = (amity: Amity, action: string, input: object, keys = amity.keys()) =>
  signedPost(amity, keys, {
    service: 'kms',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` },
    input,
  });

/** Makes a retention rule, as the client of the Recycle Bin does. */
export const createRule = (amity: Amity, input: object, keys = amity.keys()) =>
  signedPost(amity, keys, {
    service: 'rbin',
    path: '/rules',
    headers: { 'content-type': 'application/json' },
    input,
  });

/** The answer's JSON, if any. @throws Error with the answer when that is a refusal */
async function signedPost(
  { endpoint }: Amity,
  { accessKeyId, secretAccessKey }: AccountKeys,
  { service, path, headers, input }: SignedRequest,
) {
  const { hostname, host, port } = new URL(endpoint);
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ service, region: 'us-east-1', credentials, sha256: Sha256 });
  const signed = await signer.sign({
    ...{ method: 'POST', path, protocol: 'http:', hostname, port: Number(port), query: {} },
    headers: { host, ...headers },
    body: JSON.stringify(input),
  });
  const answer = await fetch(new URL(path, endpoint), {
    method: 'POST',
    headers: signed.headers,
    body: signed.body as string,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} answered ${answer.status}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}
