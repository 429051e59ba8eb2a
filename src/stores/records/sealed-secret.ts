import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceSize = 12;
const tagSize = 16;
const version = 'v1.';

/**
 * Encrypts a secret for storage as `v1.` and base64url of nonce, ciphertext and tag (AES-256-GCM). `owner` is bound to
 * it: a sealed secret moved to another record does not open.
 */
export function sealSecret(masterKey: Uint8Array, owner: string, secret: string): string {
  const nonce = randomBytes(nonceSize);
  const sealing = createCipheriv(cipher, masterKey, nonce).setAAD(boundTo(owner));
  const sealed = [nonce, sealing.update(secret, 'utf8'), sealing.final(), sealing.getAuthTag()];
  return version + Buffer.concat(sealed).toString('base64url');
}

/** @throws when key or owner are not those of the sealing, or the text was changed. */
export function openSecret(masterKey: Uint8Array, owner: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
  if (!sealed.startsWith(version) || bytes.length < nonceSize + tagSize)
    throw new Error(`The secret of ${owner} is not in a known form`);
  const opening = createDecipheriv(cipher, masterKey, bytes.subarray(0, nonceSize), {
    authTagLength: tagSize,
  })
    .setAAD(boundTo(owner))
    .setAuthTag(bytes.subarray(-tagSize));
  return opening.update(bytes.subarray(nonceSize, -tagSize), undefined, 'utf8') + opening.final('utf8');
}

function boundTo(owner: string): Buffer {
  return Buffer.from(`amity access key secret v1 ${owner}`);
}
