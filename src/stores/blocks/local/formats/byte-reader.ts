/** Thrown by every decoder of the store's files: the bytes are not what the format says. */
export class MalformedFile extends Error {
  override name = 'MalformedFile';
}

export interface ByteReader {
  readonly position: number;
  u8(what: string): number;
  u16(what: string): number;
  u32(what: string): number;
  u64(what: string): number;
  bytes(length: number, what: string): Buffer;
  /** UTF-8 text behind its u16 length. */
  text(what: string, limit: number): string;
  /** Throws unless everything was read. */
  end(): void;
}

/** Reads big-endian fields one after another; refuses to pass the end. */
export function byteReader(input: Buffer, file: string): ByteReader {
  let position = 0;
  const take = (length: number, what: string) => {
    if (position + length > input.length)
      throw new MalformedFile(`${file} ends inside ${what} (at byte ${position} of ${input.length})`);
    position += length;
    return position - length;
  };
  const reader: ByteReader = {
    get position() {
      return position;
    },
    u8: what => input.readUInt8(take(1, what)),
    u16: what => input.readUInt16BE(take(2, what)),
    u32: what => input.readUInt32BE(take(4, what)),
    u64: what => {
      const value = input.readBigUInt64BE(take(8, what));
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedFile(`${file}: ${what} is too large`);
      return Number(value);
    },
    bytes: (length, what) => {
      const start = take(length, what);
      return input.subarray(start, start + length);
    },
    text: (what, limit) => {
      const length = reader.u16(what);
      if (length === 0 || length > limit)
        throw new MalformedFile(`${file}: ${what} has ${length} bytes, not 1 to ${limit}`);
      return reader.bytes(length, what).toString('utf8');
    },
    end: () => {
      if (position !== input.length)
        throw new MalformedFile(`${file} has ${input.length - position} bytes too many`);
    },
  };
  return reader;
}

export function u16(value: number): Buffer {
  const out = Buffer.allocUnsafe(2);
  out.writeUInt16BE(value);
  return out;
}

export function u32(value: number): Buffer {
  const out = Buffer.allocUnsafe(4);
  out.writeUInt32BE(value);
  return out;
}

export function u64(value: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
}

/** UTF-8 text behind its u16 length. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u16(bytes.length), bytes]);
}
