/** Cells of a Windows registry file (https://github.com/msuhanov/regf/blob/master/Windows%20registry%20file%20format%20specification.md). Pure. */
import { Unreadable } from './byte-source.ts';

const damaged = () => new Unreadable('its Windows registry is damaged');

/** Where the root key is, as all places from the end of this header. @throws Unreadable */
export function decodeRegistryHeader(bytes: Buffer): number {
  if (bytes.toString('latin1', 0, 4) !== 'regf') throw damaged();
  return bytes.readUInt32LE(36);
}

export interface RegistryKey {
  name: string;
  subkeys: { count: number; at: number };
  values: { count: number; at: number };
}

/** @throws Unreadable */
export function decodeKey(cell: Buffer): RegistryKey {
  if (cell.length < 76 || cell.toString('latin1', 0, 2) !== 'nk') throw damaged();
  const end = 76 + cell.readUInt16LE(72);
  if (end > cell.length) throw damaged();
  return {
    name: text(cell.subarray(76, end), (cell.readUInt16LE(2) & 0x20) !== 0),
    subkeys: { count: cell.readUInt32LE(20), at: cell.readUInt32LE(28) },
    values: { count: cell.readUInt32LE(36), at: cell.readUInt32LE(40) },
  };
}

/** `hash` where the list has one: it saves reading keys of other names. */
export interface KeyPlace {
  at: number;
  hash?: number;
}

/** A list of keys, or of such lists. @throws Unreadable */
export function decodeKeyList(cell: Buffer): { lists: boolean; places: KeyPlace[] } {
  if (cell.length < 4) throw damaged();
  const kind = cell.toString('latin1', 0, 2);
  const width = { lf: 8, lh: 8, li: 4, ri: 4 }[kind];
  const count = cell.readUInt16LE(2);
  if (!width || 4 + count * width > cell.length) throw damaged();
  const places = Array.from({ length: count }, (_, index) => {
    const entry = 4 + index * width;
    return { at: cell.readUInt32LE(entry), ...(kind === 'lh' && { hash: cell.readUInt32LE(entry + 4) }) };
  });
  return { lists: kind === 'ri', places };
}

export function keyHash(name: string): number {
  let hash = 0;
  for (const character of name.toUpperCase()) hash = (Math.imul(hash, 37) + character.charCodeAt(0)) >>> 0;
  return hash;
}

export interface RegistryValue {
  name: string;
  size: number;
  /** Up to four bytes stand where others say their place. */
  place: { at: number } | { inline: Buffer };
}

/** @throws Unreadable */
export function decodeValue(cell: Buffer): RegistryValue {
  if (cell.length < 20 || cell.toString('latin1', 0, 2) !== 'vk') throw damaged();
  const end = 20 + cell.readUInt16LE(2);
  if (end > cell.length) throw damaged();
  const size = cell.readUInt32LE(4);
  const name = text(cell.subarray(20, end), (cell.readUInt16LE(16) & 1) !== 0);
  if (size < 0x80000000) return { name, size, place: { at: cell.readUInt32LE(8) } };
  const small = Math.min(size - 0x80000000, 4);
  return { name, size: small, place: { inline: cell.subarray(8, 8 + small) } };
}

const text = (bytes: Buffer, compressed: boolean) => bytes.toString(compressed ? 'latin1' : 'utf16le');
