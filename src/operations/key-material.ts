/** Key pairs: making one, reading an imported public key, and AWS's fingerprints (three kinds, by type and origin). */
import { createHash, createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { ApiError } from '../domain/errors.ts';
import { decodeBlob, encodeBlob, encodeEd25519Private, type PublicKey } from '../domain/key-pair-ssh.ts';

export interface PublicKeyMaterial {
  keyType: 'rsa' | 'ed25519';
  /** `ssh-rsa AAAA… name` */
  publicKey: string;
  fingerprint: string;
}

const generate = promisify(generateKeyPair);

/** Makes a key pair. The private key is told here and kept nowhere. RSA is PKCS#1 PEM, Ed25519 OpenSSH's own, as on AWS. */
export async function createKey(
  keyType: 'rsa' | 'ed25519',
  name: string,
): Promise<PublicKeyMaterial & { privateKey: string }> {
  if (keyType === 'rsa') {
    const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 });
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
    return {
      ...describe(publicKey, name, hexPairs(createHash('sha1').update(pkcs8).digest('hex'))),
      privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString().trim(),
    };
  }
  const { publicKey, privateKey } = await generate('ed25519');
  const { x, d } = privateKey.export({ format: 'jwk' });
  const check = randomBytes(4).readUInt32BE();
  const file = encodeEd25519Private(fromBase64Url(x), fromBase64Url(d), name, check);
  return { ...describe(publicKey, name), privateKey: armour(file) };
}

/**
 * Reads the public key of ImportKeyPair: an OpenSSH line, PEM, RFC 4716, or DER, bare or in base64.
 * @throws InvalidKey.Format
 */
export function importKey(material: Uint8Array, name: string): PublicKeyMaterial {
  const key = parsePublicKey(Buffer.from(material));
  if (!key || !isAccepted(key)) throw invalidKey();
  return describe(key, name);
}

const invalidKey = () => new ApiError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
const rsaSizes = new Set([1024, 2048, 4096]);

function isAccepted(key: KeyObject): boolean {
  if (key.asymmetricKeyType === 'ed25519') return true;
  return key.asymmetricKeyType === 'rsa' && rsaSizes.has(key.asymmetricKeyDetails?.modulusLength ?? 0);
}

/** RSA: MD5 of the DER public key unless said; Ed25519: SHA-256 of OpenSSH's blob, in base64. */
function describe(key: KeyObject, name: string, rsaFingerprint?: string): PublicKeyMaterial {
  const jwk = key.export({ format: 'jwk' });
  const parts: PublicKey =
    key.asymmetricKeyType === 'rsa'
      ? { type: 'rsa', exponent: fromBase64Url(jwk.e), modulus: fromBase64Url(jwk.n) }
      : { type: 'ed25519', point: fromBase64Url(jwk.x) };
  const blob = encodeBlob(parts);
  const publicKey = `ssh-${parts.type} ${Buffer.from(blob).toString('base64')} ${name}`;
  if (parts.type === 'ed25519')
    return { keyType: 'ed25519', publicKey, fingerprint: createHash('sha256').update(blob).digest('base64') };
  const der = key.export({ type: 'spki', format: 'der' });
  const fingerprint = rsaFingerprint ?? hexPairs(createHash('md5').update(der).digest('hex'));
  return { keyType: 'rsa', publicKey, fingerprint };
}

const longestMaterial = 16 * 1024;

function parsePublicKey(material: Buffer): KeyObject | undefined {
  if (material.length > longestMaterial) return undefined;
  const text = material.toString('latin1').trim();
  const line = /^ssh-(?:rsa|ed25519)\s+([A-Za-z0-9+/]+={0,2})(?:\s.*)?$/.exec(text);
  if (line) return fromBlob(Buffer.from(line[1]!, 'base64'));
  const ssh2 = /^---- BEGIN SSH2 PUBLIC KEY ----\n([\s\S]+)\n---- END SSH2 PUBLIC KEY ----$/.exec(
    text.replaceAll('\r', ''),
  );
  if (ssh2) return fromBlob(Buffer.from(ssh2[1]!.replace(/^[\w-]+:(?:.*\\\n)*.*\n/gm, ''), 'base64'));
  if (/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(text)) return tried(() => createPublicKey(text));
  return fromDer(/^[A-Za-z0-9+/\s]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : material);
}

function fromBlob(blob: Buffer): KeyObject | undefined {
  const key = decodeBlob(blob);
  if (!key) return undefined;
  const url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  const jwk =
    key.type === 'rsa'
      ? { kty: 'RSA', e: url(key.exponent), n: url(key.modulus) }
      : { kty: 'OKP', crv: 'Ed25519', x: url(key.point) };
  return tried(() => createPublicKey({ key: jwk, format: 'jwk' }));
}

function fromDer(der: Buffer): KeyObject | undefined {
  return (
    tried(() => createPublicKey({ key: der, format: 'der', type: 'spki' })) ??
    tried(() => createPublicKey({ key: der, format: 'der', type: 'pkcs1' }))
  );
}

/** What OpenSSL cannot read is not a key: the caller answers with one error for all forms. */
function tried(parse: () => KeyObject): KeyObject | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

const hexPairs = (hex: string) => hex.match(/../g)!.join(':');
const fromBase64Url = (value: string | undefined) => Uint8Array.from(Buffer.from(value ?? '', 'base64url'));

function armour(file: Uint8Array): string {
  const lines = Buffer.from(file)
    .toString('base64')
    .match(/.{1,70}/g)!;
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}
