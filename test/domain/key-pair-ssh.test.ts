import { describe, expect, test } from 'vitest';
import { decodeBlob, encodeBlob, encodeEd25519Private } from '../../src/domain/key-pair-ssh.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

describe('an RSA blob', () => {
  test('is name, exponent and modulus, each with its length; a set top bit takes a zero before it', () => {
    const blob = encodeBlob({ type: 'rsa', exponent: bytes('010001'), modulus: bytes('c1d2') });
    expect(hex(blob)).toBe('00000007' + '7373682d727361' + '00000003' + '010001' + '00000003' + '00c1d2');
    expect(decodeBlob(blob)).toEqual({ type: 'rsa', exponent: bytes('010001'), modulus: bytes('c1d2') });
  });

  test('has no leading zeroes that mean nothing', () => {
    const blob = encodeBlob({ type: 'rsa', exponent: bytes('000003'), modulus: bytes('0041') });
    expect(hex(blob)).toBe('00000007' + '7373682d727361' + '00000001' + '03' + '00000001' + '41');
  });
});

describe('an Ed25519 blob', () => {
  const point = new Uint8Array(32).fill(7);
  test('is name and 32 bytes', () => {
    const blob = encodeBlob({ type: 'ed25519', point });
    expect(hex(blob)).toBe(`0000000b7373682d6564323535313900000020${'07'.repeat(32)}`);
    expect(decodeBlob(blob)).toEqual({ type: 'ed25519', point });
  });

  test('of another length is none', () => {
    expect(decodeBlob(encodeBlob({ type: 'ed25519', point: point.slice(1) }))).toBeUndefined();
  });
});

test.each([
  '',
  '00000007',
  'ffffffff00',
  '00000007' + '7373682d647373',
  '00000007' + '7373682d727361',
  '00000007' + '7373682d727361' + '00000001' + '03' + '00000001' + '41' + '00000001' + '42',
])('bytes %j are no blob', text => {
  expect(decodeBlob(bytes(text))).toBeUndefined();
});

test('a private key file repeats its check number and is padded to eight bytes', () => {
  const point = new Uint8Array(32).fill(7);
  const seed = new Uint8Array(32).fill(9);
  const file = Buffer.from(encodeEd25519Private(point, seed, 'me', 0xdeadbeef));
  expect(file.subarray(0, 15).toString('latin1')).toBe('openssh-key-v1\0');
  const secret = file.subarray(file.indexOf('deadbeefdeadbeef', 'hex'));
  expect(secret.length % 8).toBe(0);
  expect(file.readUInt32BE(file.length - secret.length - 4)).toBe(secret.length);
  expect(secret.subarray(-9).toString('hex')).toBe('00000002' + '6d65' + '010203');
});
