/** Values in the distinguished encoding rules of ASN.1 (ITU-T X.690), as far as certificates and PKCS #7 need them. */

/** One value: its tag, its length, its content. */
export function tagged(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
}

export const sequence = (...items: readonly Buffer[]) => tagged(0x30, ...items);
/** A set has no order; its encoding has one. */
export const setOf = (...items: readonly Buffer[]) => tagged(0x31, ...items.toSorted(Buffer.compare));
export const octets = (bytes: Uint8Array) => tagged(0x04, bytes);
export const bits = (bytes: Uint8Array) => tagged(0x03, Buffer.from([0]), bytes);
export const nothing = () => tagged(0x05);
export const printable = (text: string) => tagged(0x13, Buffer.from(text, 'ascii'));
export const utf8 = (text: string) => tagged(0x0c, Buffer.from(text));
/** A value under a number that only its surroundings explain. */
export const numbered = (number: number, ...content: readonly Buffer[]) => tagged(0xa0 + number, ...content);

/** A whole number, not negative, big-endian. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex(byte => byte !== 0);
  const digits = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  // A first bit that is set would mean less than nothing.
  return tagged(0x02, Buffer.from(digits[0]! >= 0x80 ? [0] : []), digits);
}

/** @param dotted e.g. `1.2.840.113549.1.7.2` */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Until 2049 years have two digits; from 2050 on four (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits));
}

function length(count: number): Buffer {
  if (count < 0x80) return Buffer.from([count]);
  const digits = bigEndian(count, 256);
  return Buffer.from([0x80 + digits.length, ...digits]);
}

/** Seven bits a byte; all but the last byte say that more follow. */
function base128(value: number): number[] {
  const digits = bigEndian(value, 128);
  return digits.map((digit, index) => (index < digits.length - 1 ? digit + 0x80 : digit));
}

function bigEndian(value: number, base: number): number[] {
  const digits = [value % base];
  for (let rest = Math.floor(value / base); rest > 0; rest = Math.floor(rest / base))
    digits.unshift(rest % base);
  return digits;
}
