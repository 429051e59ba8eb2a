/** A disk, a partition or a file whose bytes are read by offset. They are hostile. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes. @throws Unreadable past the end, or where a limit is reached. */
  readAt(offset: number, length: number): Promise<Buffer>;
}

/** The bytes do not make sense, or making sense of them would take too long. The message says what of. */
export class Unreadable extends Error {
  override name = 'Unreadable';
}

/** A part of a source, as a source. What lies beyond the source's end is cut off. */
export function part(source: ByteSource, start: number, size: number): ByteSource {
  const within = Math.max(0, Math.min(size, source.size - start));
  return {
    size: within,
    async readAt(offset, length) {
      checkRange(within, offset, length);
      return source.readAt(start + offset, length);
    },
  };
}

/** A source that gives up after so many reads and bytes, or when `signal` is aborted. */
export function bounded(
  source: ByteSource,
  limits: { reads: number; bytes: number; signal?: AbortSignal },
): ByteSource {
  let { reads, bytes } = limits;
  return {
    size: source.size,
    async readAt(offset, length) {
      checkRange(source.size, offset, length);
      reads--;
      bytes -= length;
      if (reads < 0 || bytes < 0) throw new Unreadable('it would take too many reads');
      if (limits.signal?.aborted) throw new Unreadable('it took too long');
      return source.readAt(offset, length);
    },
  };
}

export function bufferSource(buffer: Buffer): ByteSource {
  return {
    size: buffer.length,
    async readAt(offset, length) {
      checkRange(buffer.length, offset, length);
      return buffer.subarray(offset, offset + length);
    },
  };
}

export function checkRange(size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0)
    throw new Unreadable(`${offset}+${length} is no place on a disk`);
  if (offset + length > size)
    throw new Unreadable(`it refers to byte ${offset + length} of a disk or partition of ${size}`);
}

/** A 64-bit little-endian number that is used as one of ours. @throws Unreadable past 2^53. */
export function readUInt64(bytes: Buffer, offset: number): number {
  const value = bytes.readBigUInt64LE(offset);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Unreadable(`${value} is no size of anything`);
  return Number(value);
}
