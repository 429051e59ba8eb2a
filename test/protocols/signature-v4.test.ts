import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { readSignature, SignatureError, verifySignature } from '../../src/protocols/signature-v4.ts';
import type { WireRequest } from '../../src/protocols/wire.ts';
import { type SdkRequest, Sha256, wireRequestOf } from './sdk.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

function verdict(
  request: WireRequest,
  now: Date,
  options: { secret?: string; allowUnsignedPayload?: boolean } = {},
) {
  try {
    verifySignature(request, readSignature(request), options.secret ?? secret, {
      now,
      allowUnsignedPayload: options.allowUnsignedPayload ?? false,
    });
    return 'verified';
  } catch (error) {
    if (error instanceof SignatureError) return error.fault;
    throw error;
  }
}

/** Requests and signatures of Amazon's published test suite (aws-sig-v4-test-suite), at its fixed time. */
describe("Amazon's test vectors", () => {
  const now = new Date('2015-08-30T12:36:00Z');
  const all = 'host;x-amz-date';

  function vector(
    method: string,
    url: string,
    signed: string,
    signature: string,
    headers = {},
    body = '',
  ): WireRequest {
    const [path, query = ''] = url.split('?') as [string, string?];
    return {
      method,
      path,
      query,
      body: Buffer.from(body),
      headers: new Map(
        Object.entries({
          host: 'example.amazonaws.com',
          'x-amz-date': '20150830T123600Z',
          authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
          ...headers,
        }),
      ),
    };
  }

  const vanilla = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const letters = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

  it.each<[string, ...Parameters<typeof vector>]>([
    ['get-vanilla', 'GET', '/', all, vanilla],
    ['get-slash-normalized', 'GET', '//', all, vanilla],
    ['get-relative-normalized', 'GET', '/example/..', all, vanilla],
    ['get-slash-dot-slash-normalized', 'GET', '/./', all, vanilla],
    [
      'get-vanilla-query-order-key-case',
      'GET',
      '/?Param2=value2&Param1=value1',
      all,
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-vanilla-empty-query-key',
      'GET',
      '/?Param1=value1',
      all,
      'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
    ],
    ['get-utf8', 'GET', '/ሴ', all, '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
    [
      'get-vanilla-utf8-query',
      'GET',
      '/?ሴ=bar',
      all,
      '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
    ],
    [
      'get-unreserved',
      'GET',
      `/${letters}`,
      all,
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
    ],
    [
      'get-header-key-duplicate',
      'GET',
      '/',
      'host;my-header1;x-amz-date',
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
      { 'my-header1': 'value2,value2,value1' },
    ],
    [
      'get-header-value-trim',
      'GET',
      '/',
      'host;my-header1;my-header2;x-amz-date',
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
      { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    ],
    ['post-vanilla', 'POST', '/', all, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-x-www-form-urlencoded',
      'POST',
      '/',
      'content-type;host;x-amz-date',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
      form,
      'Param1=value1',
    ],
  ])('%s verifies, and not with another secret, path, header or body', (_name, ...parts) => {
    const request = vector(...parts);
    expect(verdict(request, now)).toBe('verified');
    expect(verdict(request, now, { secret: `${secret}x` })).toBe('mismatch');
    expect(verdict({ ...request, path: `${request.path}x` }, now)).toBe('mismatch');
    expect(verdict({ ...request, body: Buffer.from('changed') }, now)).toBe('mismatch');
    expect(verdict({ ...request, method: 'PUT' }, now)).toBe('mismatch');
    expect(verdict({ ...request, headers: new Map([...request.headers, ['host', 'other']]) }, now)).toBe(
      'mismatch',
    );
  });

  it('refuses requests signed more than five minutes ago or ahead', () => {
    const request = vector('GET', '/', all, vanilla);
    expect(verdict(request, new Date('2015-08-30T12:40:59Z'))).toBe('verified');
    expect(verdict(request, new Date('2015-08-30T12:31:01Z'))).toBe('verified');
    expect(verdict(request, new Date('2015-08-30T12:41:01Z'))).toBe('expired');
    expect(verdict(request, new Date('2015-08-30T12:30:59Z'))).toBe('expired');
    const noSuchTime = vector('GET', '/', all, vanilla, { 'x-amz-date': '20150830T996060Z' });
    expect(verdict(noSuchTime, now)).toBe('expired');
  });

  it.each([
    [
      'another algorithm',
      {
        authorization:
          'AWS4-HMAC-SHA1 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host, Signature=00',
      },
    ],
    [
      'a short signature',
      {
        authorization: `AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host, Signature=00`,
      },
    ],
    [
      'a credential without a scope',
      { authorization: `AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=${vanilla}` },
    ],
    ['a date of another day than the scope', { 'x-amz-date': '20150831T123600Z' }],
    ['no date', { 'x-amz-date': '' }],
    ['an x-amz- header that is not signed', { 'x-amz-data-length': '1' }],
  ])('calls %s malformed', (_name, headers) => {
    expect(verdict(vector('GET', '/', all, vanilla, headers), now)).toBe('malformed');
  });

  it('calls a Host header left out of the signature malformed, and a missing signature missing', () => {
    expect(verdict(vector('GET', '/', 'x-amz-date', vanilla), now)).toBe('malformed');
    expect(verdict({ ...vector('GET', '/', all, vanilla), headers: new Map() }, now)).toBe('missing');
  });
});

describe("requests signed by the SDK's own signer", () => {
  const now = new Date('2026-05-10T13:17:12Z');

  function signer(service: string) {
    return new SignatureV4({
      service,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: secret },
      sha256: Sha256,
    });
  }

  const request = {
    method: 'PUT',
    protocol: 'http:',
    hostname: 'localhost',
    path: '/snapshots/snap 1+2%2F/blocks/0'.replace(' ', '%20'),
    query: { b: ['2', '1'], 'a b': "x+y~!'()*", empty: '' },
    headers: { host: 'localhost:8773', 'x-amz-data-length': '5', 'x-amz-meta': '  two   spaces ' },
    body: 'hello',
  };

  it('verify in header form, with odd paths, query strings and headers', async () => {
    const signed = await wireRequestOf(
      (await signer('ebs').sign(request, { signingDate: now })) as SdkRequest,
    );
    expect(verdict(signed, now)).toBe('verified');
    expect(readSignature(signed)).toMatchObject({
      accessKeyId: 'AKIAEXAMPLE',
      region: 'us-east-1',
      service: 'ebs',
    });
    const plus = signed.query.replaceAll('%20', '+');
    expect(plus).not.toBe(signed.query);
    expect(verdict({ ...signed, query: plus }, now)).toBe('verified');
    expect(verdict({ ...signed, query: `${signed.query}&more=1` }, now)).toBe('mismatch');
  });

  it('verify as presigned URLs until they expire', async () => {
    const presigned = await signer('ec2').presign(
      { ...request, method: 'GET', body: undefined, headers: { host: 'localhost' } },
      { signingDate: now, expiresIn: 600 },
    );
    const wire = await wireRequestOf(presigned as SdkRequest);
    const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);
    expect(verdict(wire, at(599))).toBe('verified');
    expect(verdict(wire, at(601))).toBe('expired');
    expect(verdict({ ...wire, query: wire.query.replace('Expires=600', 'Expires=6000') }, at(601))).toBe(
      'mismatch',
    );
    expect(verdict({ ...wire, query: wire.query.replace('Expires=600', 'Expires=604801') }, now)).toBe(
      'malformed',
    );
    expect(verdict({ ...wire, query: wire.query.replace('Expires=600', 'Expires=') }, now)).toBe('malformed');
  });

  it('verify with an unsigned body only where that is allowed', async () => {
    const headers = { ...request.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const signed = await wireRequestOf(
      (await signer('ebs').sign({ ...request, headers }, { signingDate: now })) as SdkRequest,
    );
    expect(verdict(signed, now)).toBe('mismatch');
    expect(verdict(signed, now, { allowUnsignedPayload: true })).toBe('verified');
    const other = { ...signed, body: Buffer.from('other') };
    expect(verdict(other, now, { allowUnsignedPayload: true })).toBe('verified');
  });

  it('refuse a body whose digest the header states but which is another', async () => {
    const signed = await wireRequestOf(
      (await signer('ebs').sign(request, { signingDate: now })) as SdkRequest,
    );
    expect(signed.headers.get('x-amz-content-sha256')).toBeDefined();
    expect(verdict({ ...signed, body: Buffer.from('hellO') }, now)).toBe('mismatch');
  });
});
