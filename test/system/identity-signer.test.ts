/** The signatures of identity documents, verified by the program that AWS tells its users to verify them with. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IdentitySignatures } from '../../src/domain/vpc-plan-types.ts';
import { memoryIdentitySigner } from '../../src/identity/local-identity-signer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const document = '{\n  "accountId" : "111122223333",\n  "name" : "ünï"\n}';
let signatures: IdentitySignatures;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  const signer = await memoryIdentitySigner('us-east-1', () => new Date());
  signatures = signer.sign(document);
  folder = await temporaryFolder();
  write('document', document);
  write('rsa.pem', signer.certificates.rsa);
  write('dsa.pem', signer.certificates.dsa);
});
afterAll(() => folder.remove());

function write(name: string, content: string | Buffer): string {
  writeFileSync(join(folder.path, name), content);
  return name;
}

/** What openssl answers; it fails where a signature does. */
function openssl(...args: string[]): string {
  return execFileSync('openssl', args, {
    cwd: folder.path,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** As AWS tells its users to put the lines of an answer in a file. */
const asPem = (name: string, lines: string) =>
  write(name, `-----BEGIN PKCS7-----\n${lines}\n-----END PKCS7-----\n`);

describe('openssl, called as the pages of AWS say, verifies', () => {
  test('the signature by the public key of the RSA certificate', () => {
    write('signature', Buffer.from(signatures.signature, 'base64'));
    write('key', openssl('x509', '-pubkey', '-noout', '-in', 'rsa.pem'));
    const verify = (file: string) =>
      openssl('dgst', '-sha256', '-verify', 'key', '-signature', 'signature', file);
    expect(verify('document')).toBe('Verified OK\n');
    write('forged', document.replace('1111', '2222'));
    expect(() => verify('forged')).toThrow();
  });

  test.each(['rsa2048', 'pkcs7'] as const)('%s, with and without the document beside it', name => {
    const certificate = name === 'pkcs7' ? 'dsa.pem' : 'rsa.pem';
    const file = asPem(name, signatures[name]);
    const verify = (...more: string[]) =>
      openssl(
        ...['smime', '-verify', '-in', file, '-inform', 'PEM', '-certfile', certificate, '-noverify'],
        ...more,
      );
    expect(verify('-content', 'document')).toBe(document);
    expect(verify()).toBe(document);
    write('forged', document.replace('1111', '2222'));
    expect(() => verify('-content', 'forged')).toThrow();
  });

  test('a certificate with itself', () => {
    expect(openssl('verify', '-CAfile', 'rsa.pem', '-check_ss_sig', 'rsa.pem')).toBe('rsa.pem: OK\n');
  });
});
