import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CreateKeyPairCommandOutput,
  DescribeKeyPairsResult,
  ImportKeyPairResult,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeyPair } from '../../../src/operations/ec2/create-key-pair.ts';
import { deleteKeyPair } from '../../../src/operations/ec2/delete-key-pair.ts';
import { describeKeyPairs } from '../../../src/operations/ec2/describe-key-pairs.ts';
import { importKeyPair } from '../../../src/operations/ec2/import-key-pair.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { refusal } from './launch-fixtures.ts';

let region: TestRegion;
let folder: string;
beforeEach(() => {
  region = testRegion();
  folder = mkdtempSync(join(tmpdir(), 'amity-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const create = (input: object) => region.call<CreateKeyPairCommandOutput>(createKeyPair, input);
const keysOf = async (input: object = {}) =>
  (await region.call<DescribeKeyPairsResult>(describeKeyPairs, input)).KeyPairs!;
const hexPairs = (algorithm: string, data: Buffer) =>
  createHash(algorithm).update(data).digest('hex').match(/../g)!.join(':');

const has = (tool: string, option: string) => spawnSync(tool, [option]).error === undefined;
const hasTools = has('ssh-keygen', '-?') && has('openssl', 'version');

/** What ssh-keygen makes of a file: its arguments before the file's path. */
function sshKeygen(content: string, ...options: string[]): string {
  const file = join(folder, 'key');
  writeFileSync(file, content, { mode: 0o600 });
  return execFileSync('ssh-keygen', [...options, '-f', file], { encoding: 'utf8' }).trim();
}

describe('CreateKeyPair', () => {
  test('makes RSA keys unless told otherwise, and keeps no private key', async () => {
    const key = await create({ KeyName: 'rsa' });
    expect(key.KeyMaterial).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    const made = createPrivateKey(key.KeyMaterial!);
    expect(made.asymmetricKeyDetails!.modulusLength).toBe(2048);
    expect(key.KeyFingerprint).toBe(hexPairs('sha1', made.export({ type: 'pkcs8', format: 'der' })));
    expect(JSON.stringify(await region.records.read.keyPairs.list())).not.toContain('PRIVATE');
  });

  test('keeps tags, and refuses a name that is taken', async () => {
    const Tags = [{ Key: 'team', Value: 'a' }];
    const made = await create({
      KeyName: 'k',
      KeyType: 'ed25519',
      TagSpecifications: [{ ResourceType: 'key-pair', Tags }],
    });
    expect(made).toMatchObject({ KeyName: 'k', Tags });
    expect(await keysOf({ Filters: [{ Name: 'tag:team', Values: ['a'] }] })).toHaveLength(1);
    await refusal(
      region,
      createKeyPair,
      { KeyName: 'k', KeyType: 'ed25519' },
      { code: 'InvalidKeyPair.Duplicate', message: "The keypair 'k' already exists." },
    );
    await region.call(createKeyPair, { KeyName: 'k', KeyType: 'ed25519' }, stranger);
  });

  test('with DryRun keeps nothing', async () => {
    await refusal(
      region,
      createKeyPair,
      { KeyName: 'k', KeyType: 'ed25519', DryRun: true },
      { code: 'DryRunOperation', status: 412 },
    );
    expect(await keysOf()).toEqual([]);
  });

  test.each([
    [{}, 'MissingParameter'],
    [{ KeyName: ' x' }, 'InvalidParameterValue'],
    [{ KeyName: 'x', KeyType: 'dsa' }, 'InvalidParameterValue'],
    [{ KeyName: 'x', KeyFormat: 'ppk' }, 'UnsupportedOperation'],
  ])('refuses %j', async (input, code) => {
    await refusal(region, createKeyPair, input, { code });
  });
});

describe('ImportKeyPair', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const forms: [string, Buffer][] = [
    ['SPKI PEM', Buffer.from(pem)],
    ['PKCS#1 PEM', Buffer.from(pkcs1)],
    ['DER', Buffer.from(spki)],
    ['DER in base64', Buffer.from(spki.toString('base64'))],
  ];

  test.each(forms)('reads %s; the fingerprint is the MD5 of the DER public key', async (_form, material) => {
    const answer = await region.call<ImportKeyPairResult>(importKeyPair, {
      KeyName: 'mine',
      PublicKeyMaterial: material,
    });
    expect(answer.KeyFingerprint).toBe(hexPairs('md5', spki));
    const [key] = await keysOf({ IncludePublicKey: true });
    expect(key).toMatchObject({
      KeyType: 'rsa',
      PublicKey: expect.stringMatching(/^ssh-rsa AAAAB3NzaC1yc2E\S+ mine$/),
    });
  });

  test('reads an Ed25519 line', async () => {
    const made = await create({ KeyName: 'made', KeyType: 'ed25519' });
    const [key] = await keysOf({ IncludePublicKey: true });
    const answer = await region.call<ImportKeyPairResult>(importKeyPair, {
      KeyName: 'copy',
      PublicKeyMaterial: Buffer.from(key!.PublicKey!),
    });
    expect(answer.KeyFingerprint).toBe(made.KeyFingerprint);
  });

  const small = generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey;
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  test.each([
    ['words', Buffer.from('hello')],
    ['a truncated line', Buffer.from('ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB')],
    [
      'a length that runs past the end',
      Buffer.from(`ssh-rsa ${Buffer.from([255, 255, 255, 255, 1]).toString('base64')}`),
    ],
    ['too small a key', Buffer.from(small.export({ type: 'spki', format: 'pem' }).toString())],
    ['an elliptic curve', Buffer.from(curve.export({ type: 'spki', format: 'pem' }).toString())],
    [
      'a private key',
      Buffer.from(
        generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ),
    ],
    ['far too much', Buffer.alloc(1_000_000, 65)],
  ])('refuses %s', async (_what, PublicKeyMaterial) => {
    await refusal(
      region,
      importKeyPair,
      { KeyName: 'x', PublicKeyMaterial },
      { code: 'InvalidKey.Format', message: 'Key is not in valid OpenSSH public key format' },
    );
  });
});

describe.skipIf(!hasTools)('beside ssh-keygen and openssl', () => {
  test('makes an RSA key whose fingerprint is the SHA-1 of its PKCS#8 form', async () => {
    const key = await create({ KeyName: 'rsa' });
    expect(key.KeyMaterial).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    const file = join(folder, 'rsa.pem');
    writeFileSync(file, key.KeyMaterial!);
    const der = execFileSync('openssl', ['pkcs8', '-in', file, '-nocrypt', '-topk8', '-outform', 'DER']);
    expect(key.KeyFingerprint).toBe(hexPairs('sha1', der));
    expect(createPrivateKey(key.KeyMaterial!).asymmetricKeyDetails!.modulusLength).toBe(2048);
    const [described] = await keysOf({ IncludePublicKey: true });
    expect(sshKeygen(`${key.KeyMaterial!}\n`, '-y')).toBe(described!.PublicKey!.replace(/ rsa$/, ''));
  });

  test('makes an Ed25519 key that OpenSSH reads, with its SHA-256 fingerprint', async () => {
    const key = await create({ KeyName: 'ed', KeyType: 'ed25519' });
    const [described] = await keysOf({ IncludePublicKey: true });
    expect(sshKeygen(key.KeyMaterial!, '-y')).toBe(described!.PublicKey);
    const [, fingerprint] = sshKeygen(`${described!.PublicKey!}\n`, '-l').split(' ');
    expect(`SHA256:${key.KeyFingerprint!.replace(/=+$/, '')}`).toBe(fingerprint);
  });

  test.each([
    ['line', []],
    ['RFC 4716 file', ['-e', '-m', 'RFC4716']],
  ])('a %s of OpenSSH is read, and told to the guest as OpenSSH writes it', async (_form, options) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const line = sshKeygen(pem, '-i', '-m', 'PKCS8');
    const material = options.length ? sshKeygen(`${line} me\n`, ...options) : `${line} me@home\n`;
    const answer = await region.call<ImportKeyPairResult>(importKeyPair, {
      KeyName: 'mine',
      PublicKeyMaterial: Buffer.from(material),
    });
    const [key] = await keysOf({ IncludePublicKey: true });
    expect(key!.PublicKey).toBe(`${line} mine`);
    expect(answer.KeyFingerprint).toBe(hexPairs('md5', publicKey.export({ type: 'spki', format: 'der' })));
    const back = sshKeygen(`${key!.PublicKey!}\n`, '-e', '-m', 'PKCS8');
    expect(createPublicKey(back).equals(publicKey)).toBe(true);
  });
});

describe('DescribeKeyPairs and DeleteKeyPair', () => {
  test('find by name and id, and miss by name', async () => {
    const made = await create({ KeyName: 'k', KeyType: 'ed25519' });
    expect(await keysOf({ KeyNames: ['k'] })).toMatchObject([{ KeyPairId: made.KeyPairId }]);
    expect(await keysOf({ KeyPairIds: [made.KeyPairId] })).toHaveLength(1);
    expect((await keysOf())[0]!.PublicKey).toBeUndefined();
    await refusal(
      region,
      describeKeyPairs,
      { KeyNames: ['nobody'] },
      { code: 'InvalidKeyPair.NotFound', message: "The key pair 'nobody' does not exist" },
    );
  });

  test('deleting says which, and of an absent one succeeds', async () => {
    const made = await create({ KeyName: 'k', KeyType: 'ed25519' });
    expect(await region.call(deleteKeyPair, { KeyName: 'k' }, stranger)).toEqual({ Return: true });
    expect(await region.call(deleteKeyPair, { KeyName: 'k' })).toEqual({
      Return: true,
      KeyPairId: made.KeyPairId,
    });
    expect(await region.call(deleteKeyPair, { KeyName: 'k' })).toEqual({ Return: true });
    await refusal(region, deleteKeyPair, {}, { code: 'MissingParameter' });
  });
});
