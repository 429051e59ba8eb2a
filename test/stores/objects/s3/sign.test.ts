import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, test } from 'vitest';
import { readSignature, verifySignature } from '../../../../src/protocols/signature-v4.ts';
import { signedHeaders } from '../../../../src/stores/objects/s3/sign.ts';
import { Sha256 } from '../../../protocols/sdk.ts';

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const now = new Date('2026-05-10T13:17:12.345Z');
const body = Buffer.from('the body');
const digest = createHash('sha256').update(body).digest('hex');
const request = {
  method: 'PUT',
  path: '/bucket/prefix/packs/00000001.pack',
  query: 'b=2&a=x%20y%2F%3D%2B',
  headers: { host: 'localhost:9000', 'content-length': '8', 'if-none-match': '*' },
  digest,
};

test.each([undefined, 'session-token'])(
  'signs as the official SDK does, with the session token %s',
  async token => {
    const identity = { ...credentials, ...(token === undefined ? {} : { sessionToken: token }) };
    const ours = signedHeaders(request, identity, 'eu-west-1', now);
    const sdk = new SignatureV4({
      service: 's3',
      region: 'eu-west-1',
      credentials: identity,
      uriEscapePath: false,
      sha256: Sha256,
    });
    const theirs = await sdk.sign(
      {
        method: request.method,
        protocol: 'http:',
        hostname: 'localhost',
        path: request.path,
        query: { b: '2', a: 'x y/=+' },
        headers: { ...request.headers, 'x-amz-content-sha256': digest },
      },
      { signingDate: now },
    );
    expect(ours).toEqual(theirs.headers);
  },
);

test('what is signed is what our own servers verify', () => {
  const headers = new Map(Object.entries(signedHeaders(request, credentials, 'eu-west-1', now)));
  const received = { ...request, headers, body };
  const signature = readSignature(received);
  expect(signature).toMatchObject({ accessKeyId: 'AKID', region: 'eu-west-1', service: 's3' });
  verifySignature(received, signature, 'secret', { now, allowUnsignedPayload: false });
});
