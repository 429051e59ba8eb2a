import type { Piece } from './object-store.ts';

const word = '[A-Za-z0-9][A-Za-z0-9._-]{0,199}';
const keyPattern = new RegExp(`^${word}(/${word})*$`);
const prefixPattern = new RegExp(`^(${word}/)*(${word})?$`);
const mostCharacters = 512;

/** The key itself. Such a key is a file name under any folder and needs no escapes in a URL. @throws RangeError */
export function objectKey(key: string): string {
  if (key.length > mostCharacters || !keyPattern.test(key))
    throw new RangeError(`${JSON.stringify(key)} is no object key`);
  return key;
}

/** The beginning of keys: empty, or one that may end in `/`. @throws RangeError */
export function keyPrefix(prefix: string): string {
  if (prefix.length > mostCharacters || !prefixPattern.test(prefix))
    throw new RangeError(`${JSON.stringify(prefix)} is no beginning of object keys`);
  return prefix;
}

/** @throws RangeError */
export function checkedPiece(piece: Piece): Piece {
  const end = piece.offset + piece.length;
  if (
    !(Number.isSafeInteger(end) && Number.isInteger(piece.offset) && piece.offset >= 0 && piece.length >= 1)
  )
    throw new RangeError(`No piece of an object: ${piece.length} bytes at ${piece.offset}`);
  return piece;
}

export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
