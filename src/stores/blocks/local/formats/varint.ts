import { MalformedFile } from './byte-reader.ts';

/** Appends an unsigned number, seven bits a byte, lowest first. */
export function pushVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

/** As `pushVarint`, for numbers of either sign: 0, -1, 1, -2, … become 0, 1, 2, 3, …. */
export function pushSignedVarint(out: number[], value: number): void {
  pushVarint(out, value < 0 ? -2 * value - 1 : 2 * value);
}

/** Reads varints one after another; refuses numbers that are no safe integer and the end of the bytes. */
export function varintReader(bytes: Uint8Array, file: string) {
  let position = 0;
  const unsigned = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[position++];
      if (byte === undefined) throw new MalformedFile(`${file} ends inside a number`);
      value += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) throw new MalformedFile(`${file} has a number that is too large`);
      if (byte < 0x80) {
        // One number has one form: a last byte of zero would be a second one.
        if (byte === 0 && scale > 1) throw new MalformedFile(`${file} has a number that is too long`);
        return value;
      }
    }
  };
  return {
    unsigned,
    signed(): number {
      const value = unsigned();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    atEnd: () => position === bytes.length,
  };
}
