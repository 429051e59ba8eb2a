import { expect, test } from 'vitest';
import { identifier, integer, octets, printable, sequence, setOf, time } from '../../src/identity/der.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');

test('identifiers are written seven bits a byte', () => {
  expect(hex(identifier('1.2.840.113549.1.7.2'))).toBe('06092a864886f70d010702');
  expect(hex(identifier('2.5.4.3'))).toBe('0603550403');
});

test('whole numbers have no needless zero and are never negative', () => {
  expect(hex(integer(Buffer.from([0, 0])))).toBe('020100');
  expect(hex(integer(Buffer.from([0, 0x7f])))).toBe('02017f');
  expect(hex(integer(Buffer.from([0x80])))).toBe('02020080');
});

test('lengths from 128 on tell their own length', () => {
  expect(hex(octets(Buffer.alloc(127))).slice(0, 4)).toBe('047f');
  expect(hex(octets(Buffer.alloc(128))).slice(0, 6)).toBe('048180');
  expect(hex(octets(Buffer.alloc(256))).slice(0, 8)).toBe('04820100');
});

test('years have two digits until 2049', () => {
  expect(time(new Date('2049-12-31T23:59:59Z'))).toEqual(Buffer.from('\x17\x0d491231235959Z'));
  expect(time(new Date('2050-01-01T00:00:00Z'))).toEqual(Buffer.from('\x18\x0f20500101000000Z'));
});

test('a sequence keeps its order, a set is sorted', () => {
  const [a, b] = [printable('a'), printable('b')];
  expect(hex(sequence(b, a))).toBe('3006130162130161');
  expect(hex(setOf(b, a))).toBe('3106130161130162');
});
