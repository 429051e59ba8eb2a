import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openSecret, sealSecret } from '../../../src/stores/records/sealed-secret.ts';

const key = Buffer.alloc(32, 7);

describe('a sealed secret', () => {
  it('is nonce, ciphertext and tag of AES-256-GCM bound to its owner', () => {
    const nonce = Buffer.alloc(12, 1);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(
      Buffer.from('amity access key secret v1 AKIA'),
    );
    const bytes = Buffer.concat([nonce, cipher.update('secret'), cipher.final(), cipher.getAuthTag()]);
    expect(openSecret(key, 'AKIA', `v1.${bytes.toString('base64url')}`)).toBe('secret');
  });

  it('is another at each sealing', () => {
    expect(sealSecret(key, 'AKIA', 'secret')).not.toBe(sealSecret(key, 'AKIA', 'secret'));
  });

  it('does not open when any byte of it was changed or cut off', () => {
    const sealed = sealSecret(key, 'AKIA', 'secret');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(() => openSecret(key, 'AKIA', `v1.${changed.toString('base64url')}`)).toThrow();
      expect(() => openSecret(key, 'AKIA', `v1.${bytes.subarray(0, at).toString('base64url')}`)).toThrow();
    }
    expect(() => openSecret(key, 'AKIB', sealed)).toThrow();
    expect(() => openSecret(key, 'AKIA', sealed.replace('v1.', 'v2.'))).toThrow('not in a known form');
  });
});
