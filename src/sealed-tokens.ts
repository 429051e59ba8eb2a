import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceSize = 12;
const tagSize = 16;

/**
 * Tokens of one region, under a key of their own that comes from the master key: they outlive a restart, and no other
 * region opens them. Base64 of nonce, ciphertext and tag (AES-256-GCM), with the purpose as associated data.
 */
export function sealedTokens(masterKey: Uint8Array, region: string) {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', `amity token v1 ${region}`, 32));
  return {
    seal(purpose: string, text: string): string {
      const nonce = randomBytes(nonceSize);
      const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(purpose));
      const sealed = [nonce, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()];
      return Buffer.concat(sealed).toString('base64');
    },
    open(purpose: string, token: string): string | undefined {
      const bytes = Buffer.from(token, 'base64');
      if (bytes.length < nonceSize + tagSize) return undefined;
      const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceSize), { authTagLength: tagSize })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(-tagSize));
      const text = opening.update(bytes.subarray(nonceSize, -tagSize), undefined, 'utf8');
      try {
        return text + opening.final('utf8');
      } catch {
        // The tag does not match: not sealed here, or not for this purpose.
        return undefined;
      }
    },
  };
}
