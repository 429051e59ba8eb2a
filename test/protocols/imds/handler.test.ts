import { describe, expect, test } from 'vitest';
import type { GuestMetadata, MetadataTree } from '../../../src/domain/vpc-plan-types.ts';
import { answerMetadata } from '../../../src/protocols/imds/handler.ts';
import { type TokenBook, tokenBook } from '../../../src/protocols/imds/token-book.ts';
import { metadataVersions } from '../../../src/protocols/imds/versions.ts';

const now = 1_700_000_000_000;
const ttl = 'x-aws-ec2-metadata-token-ttl-seconds';
const tokenHeader = 'x-aws-ec2-metadata-token';

const metadata: GuestMetadata = {
  options: {
    httpTokens: 'optional',
    httpPutResponseHopLimit: 1,
    httpEndpoint: 'enabled',
    instanceMetadataTags: 'disabled',
  },
  tree: {
    'instance-id': 'i-0123456789abcdef0',
    'ami-id': 'ami-0abc',
    placement: { region: 'us-east-1', 'availability-zone': 'us-east-1a' },
    'public-keys': { '0': { 'openssh-key': 'ssh-ed25519 AAAA me' } },
    network: { interfaces: { macs: { '02:00:00:00:00:01': { 'device-number': '0' } } } },
  },
  keyName: 'my-key',
  identityDocument: '{\n  "region" : "us-east-1"\n}',
  identitySignatures: { signature: 'c2ln', rsa2048: 'cnNh', pkcs7: 'cGs3' },
  userData: Buffer.from([0x23, 0x21, 0x00, 0xff]).toString('base64'),
};

function counter(): TokenBook {
  let issued = 0;
  return tokenBook(() => `token-${++issued}`, 3);
}

function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    guest = metadata,
    instanceId = 'i-1',
    tokens = counter(),
    at = now,
  }: {
    method?: string;
    headers?: Record<string, string>;
    guest?: GuestMetadata;
    instanceId?: string;
    tokens?: TokenBook;
    at?: number;
  } = {},
) {
  const {
    status,
    headers: sent,
    body,
  } = answerMetadata({ method, path, headers }, { instanceId, metadata: guest }, tokens, at);
  return { status, headers: sent, body: body.toString('latin1') };
}

const withOptions = (options: Partial<GuestMetadata['options']>): GuestMetadata => ({
  ...metadata,
  options: { ...metadata.options, ...options },
});

describe('the tree', () => {
  test('the root lists every version, and each of them serves the same tree', () => {
    const versions = ask('/').body.split('\n');
    expect(versions).toEqual(metadataVersions);
    for (const version of versions)
      expect(ask(`/${version}/meta-data/instance-id`).body).toBe('i-0123456789abcdef0');
    expect(ask('/2006-01-01/meta-data/').status).toBe(404);
  });

  test('a version lists its categories, user data only when there is some', () => {
    expect(ask('/latest/').body).toBe('dynamic\nmeta-data\nuser-data');
    expect(ask('/latest', { guest: { ...metadata, userData: undefined } }).body).toBe('dynamic\nmeta-data');
  });

  test('a folder lists one name a line, folders with a slash, without a last newline', () => {
    const listing = 'ami-id\ninstance-id\nnetwork/\nplacement/\npublic-keys/';
    expect(ask('/latest/meta-data/')).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain', 'content-length': String(listing.length) },
      body: listing,
    });
    expect(ask('/latest/meta-data').body).toBe(listing);
    expect(ask('/latest//meta-data//placement/').body).toBe('availability-zone\nregion');
  });

  test('every name that is listed can be read, as cloud-init does', () => {
    const crawl = (path: string): string[] =>
      ask(path)
        .body.split('\n')
        .flatMap(name => {
          const below = path.endsWith('/public-keys/') ? `${path}${name.split('=')[0]}/` : path + name;
          const answer = ask(below);
          expect([below, answer.status]).toEqual([below, 200]);
          return below.endsWith('/') ? crawl(below) : [answer.body];
        });
    expect(crawl('/2021-03-23/meta-data/').sort()).toEqual(
      ['ami-0abc', 'i-0123456789abcdef0', '0', 'us-east-1', 'us-east-1a', 'ssh-ed25519 AAAA me'].sort(),
    );
    expect(crawl('/2021-03-23/dynamic/')).toEqual([
      'disabled',
      metadata.identityDocument,
      'cGs3',
      'cnNh',
      'c2ln',
    ]);
  });

  test('keys are listed with the name of the key', () => {
    expect(ask('/latest/meta-data/public-keys/').body).toBe('0=my-key');
    expect(ask('/latest/meta-data/public-keys/0/').body).toBe('openssh-key');
    expect(ask('/latest/meta-data/public-keys/0/openssh-key').body).toBe('ssh-ed25519 AAAA me');
  });

  test('an escaped colon of a MAC address is understood, and a query is ignored', () => {
    const path = '/latest/meta-data/network/interfaces/macs/02%3A00%3A00%3A00%3A00%3A01/device-number?x=1';
    expect(ask(path).body).toBe('0');
  });

  test('user data comes decoded, as bytes', () => {
    const { status, headers, body } = ask('/latest/user-data');
    expect([status, headers['content-type'], body]).toEqual([200, 'application/octet-stream', '#!\x00\xff']);
    expect(ask('/latest/user-data', { guest: { ...metadata, userData: undefined } }).status).toBe(404);
    expect(ask('/latest/user-data', { guest: { ...metadata, userData: '' } }).status).toBe(200);
  });

  test('the identity document comes byte for byte', () => {
    expect(ask('/latest/dynamic/instance-identity/document').body).toBe(metadata.identityDocument);
    expect(ask('/latest/dynamic/instance-identity/').body).toBe('document\npkcs7\nrsa2048\nsignature');
    expect(ask('/latest/dynamic/instance-identity/pkcs7').body).toBe('cGs3');
    const unsigned = { ...metadata, identitySignatures: undefined };
    expect(ask('/latest/dynamic/instance-identity/', { guest: unsigned }).body).toBe('document');
    expect(ask('/latest/dynamic/instance-identity/pkcs7', { guest: unsigned }).status).toBe(404);
  });

  test('what is not there answers 404 with a small page', () => {
    const { status, headers, body } = ask('/latest/meta-data/public-hostname');
    expect([status, headers['content-type']]).toEqual([404, 'text/html']);
    expect(body).toMatch(/^<\?xml version="1.0" encoding="iso-8859-1"\?>\n.*<h1>404 - Not Found<\/h1>/s);
  });

  test.each([
    '/latest/meta-data/__proto__',
    '/latest/meta-data/constructor/name',
    '/latest/meta-data/../user-data',
    '/latest/meta-data/%2e%2e/user-data',
    '/latest/meta-data/placement%2Fregion',
    '/latest/meta-data/instance-id/length',
    '/latest/meta-data/instance-id/',
    '/latest/meta-data/%zz',
    '/latest/user-data/x',
    '/latest/toString',
    '/__proto__/meta-data/',
    'http://169.254.169.254/latest/',
    '*',
    '',
  ])('%s leads nowhere', path => {
    expect(ask(path).status).toBe(404);
  });

  test('an own key named __proto__ in a plan read from JSON is a name like any other', () => {
    const tree: MetadataTree = JSON.parse('{"tags":{"instance":{"__proto__":"v"}}}');
    expect(ask('/latest/meta-data/tags/instance/__proto__', { guest: { ...metadata, tree } }).body).toBe('v');
  });
});

describe('tokens', () => {
  test('PUT answers a token and its life, GET with it the life that is left', () => {
    const tokens = counter();
    expect(ask('/latest/api/token', { method: 'PUT', headers: { [ttl]: '21600' }, tokens })).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain', 'content-length': '7', [ttl]: '21600' },
      body: 'token-1',
    });
    const guest = withOptions({ httpTokens: 'required' });
    const read = ask('/latest/meta-data/ami-id', {
      headers: { [tokenHeader]: 'token-1' },
      tokens,
      guest,
      at: now + 600_000,
    });
    expect([read.status, read.body, read.headers[ttl]]).toEqual([200, 'ami-0abc', '21000']);
  });

  test.each([undefined, '', '0', '21601', '-1', '1.5', '1e3', ' 5', '99999999', 'x'])(
    'a life of %s is refused with 400',
    value => {
      const headers: Record<string, string> = value === undefined ? {} : { [ttl]: value };
      expect(ask('/latest/api/token', { method: 'PUT', headers }).status).toBe(400);
    },
  );

  test('a forwarded request and a versioned path get no token', () => {
    const headers = { [ttl]: '60', 'x-forwarded-for': '10.0.0.1' };
    expect(ask('/latest/api/token', { method: 'PUT', headers }).status).toBe(403);
    expect(ask('/2021-03-23/api/token', { method: 'PUT', headers: { [ttl]: '60' } }).status).toBe(403);
    expect(ask('/latest/api/other', { method: 'PUT', headers: { [ttl]: '60' } }).status).toBe(404);
  });

  test('a token is made, not read', () => {
    const answer = ask('/latest/api/token');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'OPTIONS, PUT']);
    expect(ask('/latest/api/').status).toBe(404);
  });

  test('where a token is required, a missing, expired or foreign one is refused with 401', () => {
    const tokens = counter();
    const guest = withOptions({ httpTokens: 'required' });
    const mine = tokens.issue('i-1', 60, now);
    const foreign = tokens.issue('i-2', 60, now);
    const status = (token: string | undefined, at = now) =>
      ask('/latest/meta-data/', {
        guest,
        tokens,
        at,
        headers: token === undefined ? {} : { [tokenHeader]: token },
      }).status;
    expect(status(undefined)).toBe(401);
    expect(status(foreign)).toBe(401);
    expect(status('')).toBe(401);
    expect(status(mine, now + 59_999)).toBe(200);
    expect(status(mine, now + 60_000)).toBe(401);
  });

  test('a path that is not there is told only to who has a token', () => {
    expect(ask('/latest/nothing', { guest: withOptions({ httpTokens: 'required' }) }).status).toBe(401);
  });

  test('where a token is optional, a wrong one is refused all the same', () => {
    expect(ask('/latest/meta-data/', { headers: { [tokenHeader]: 'wrong' } }).status).toBe(401);
    expect(ask('/latest/meta-data/').status).toBe(200);
  });

  test('an instance holds a bounded number: the expired go first, then the oldest', () => {
    const tokens = counter();
    const first = tokens.issue('i-1', 100, now);
    const short = tokens.issue('i-1', 1, now);
    const third = tokens.issue('i-1', 100, now);
    const fourth = tokens.issue('i-1', 100, now + 2000);
    const left = () =>
      [first, short, third, fourth].map(token => tokens.remaining('i-1', token, now + 2000) !== undefined);
    expect(left()).toEqual([true, false, true, true]);
    tokens.issue('i-1', 100, now + 2000);
    expect(left()).toEqual([false, false, true, true]);
    tokens.forget('i-1');
    expect(left()).toEqual([false, false, false, false]);
  });
});

describe('requests', () => {
  test('a disabled endpoint answers 403 to everything', () => {
    const guest = withOptions({ httpEndpoint: 'disabled' });
    expect(ask('/', { guest }).status).toBe(403);
    expect(ask('/latest/api/token', { guest, method: 'PUT', headers: { [ttl]: '60' } }).status).toBe(403);
  });

  test('HEAD answers the headers of GET without its body', () => {
    const get = ask('/latest/meta-data/ami-id');
    expect(ask('/latest/meta-data/ami-id', { method: 'HEAD' })).toEqual({ ...get, body: '' });
    expect(ask('/latest/none', { method: 'HEAD' }).status).toBe(404);
  });

  test('other methods are refused', () => {
    expect(ask('/latest/meta-data/', { method: 'POST' }).status).toBe(405);
    expect(ask('/latest/meta-data/', { method: 'DELETE' }).status).toBe(405);
  });
});
