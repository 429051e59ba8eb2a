import { verify, X509Certificate } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { IdentitySignatures } from '../../src/domain/vpc-plan-types.ts';
import type { IdentitySigner } from '../../src/identity/identity-signer.ts';
import { memoryIdentitySigner, openIdentitySigner } from '../../src/identity/local-identity-signer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const now = () => new Date('2026-05-10T13:17:12.000Z');
const document = '{\n  "accountId" : "111122223333",\n  "name" : "ünï"\n}';
let signer: IdentitySigner;
let signatures: IdentitySignatures;
beforeAll(async () => {
  signer = await memoryIdentitySigner('us-east-1', now);
  signatures = signer.sign(document);
});

test('a certificate names the region and outlasts what it is for', () => {
  for (const pem of Object.values(signer.certificates)) {
    const certificate = new X509Certificate(pem);
    expect(certificate.subject).toBe('C=US\nO=Amity\nCN=Instance identity of us-east-1');
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.validFrom).toBe('May 10 13:17:12 2026 GMT');
    expect(certificate.validTo).toBe('May 10 13:17:12 2126 GMT');
  }
});

test('the signature is one over the bytes of the document', () => {
  const { publicKey } = new X509Certificate(signer.certificates.rsa);
  const signature = Buffer.from(signatures.signature, 'base64');
  expect(verify('sha256', Buffer.from(document), publicKey, signature)).toBe(true);
  expect(verify('sha256', Buffer.from(`${document} `), publicKey, signature)).toBe(false);
});

test('messages carry the document', () => {
  for (const message of [signatures.pkcs7, signatures.rsa2048])
    expect(Buffer.from(message, 'base64').includes(document)).toBe(true);
});

test('lines are of 64 characters and the last has no end', () => {
  for (const text of Object.values(signatures)) expect(text).toMatch(/^([\w+/]{64}\n)*[\w+/]{1,64}={0,2}$/);
});

test('a document that was signed before has the same signatures, another has others', () => {
  expect(signer.sign(document)).toBe(signatures);
  expect(signer.sign('{}').signature).not.toBe(signatures.signature);
});

test('keys are kept, and nobody else may read them', async () => {
  await using folder = await temporaryFolder();
  const kept = join(folder.path, 'keys');
  const first = await openIdentitySigner(kept, 'us-east-1', now);
  const again = await openIdentitySigner(kept, 'us-east-1', now);
  expect(again.certificates).toEqual(first.certificates);
  expect(again.sign(document).signature).toBe(first.sign(document).signature);
  expect(readdirSync(kept).sort()).toEqual(['dsa.key', 'dsa.pem', 'rsa.key', 'rsa.pem']);
  for (const name of ['dsa.key', 'rsa.key']) expect(statSync(join(kept, name)).mode & 0o077).toBe(0);
});
