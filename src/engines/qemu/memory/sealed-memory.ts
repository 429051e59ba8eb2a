/**
 * The memory of a hibernated guest as it lies on disk (big-endian):
 *
 *     "AMITYMEM"  version u16  salt 16  |  records: length u32  ciphertext  tag 16
 *
 * The first record is JSON that says of which machine it is; those after it are a zstd stream of what QEMU migrates. Each
 * is encrypted (AES-256-GCM) under a key made of the region's key, the salt and the instance's id, with its number as
 * nonce; the last one's nonce says that it is the last, so that a file cut short does not open. What stands before the
 * records is associated data of each.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** The file is not what it should be, or the key not its key: what it holds cannot be gone on from, now or later. */
export class MemoryUnusable extends Error {
  override name = 'MemoryUnusable';
}

const magic = Buffer.from('AMITYMEM');
const version = 1;
const saltLength = 16;
const headLength = magic.length + 2 + saltLength;
const tagLength = 16;
/** Plain bytes of a record but the last. */
export const recordSize = 1024 * 1024;
const longest = 4 * recordSize;

export interface SealedMemory {
  /** What the first record says. */
  about: unknown;
  body: AsyncGenerator<Buffer>;
}

/** The bytes of a file that says `about` and holds `body`. @param key 32 bytes */
export async function* sealMemory(
  key: Uint8Array,
  instanceId: string,
  about: unknown,
  body: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltLength);
  const versionBytes = Buffer.alloc(2);
  versionBytes.writeUInt16BE(version);
  const head = Buffer.concat([magic, versionBytes, salt]);
  yield head;
  const fileKey = keyOf(key, salt, instanceId);
  let number = 0;
  const seal = (plain: Buffer, isLast: boolean) => {
    const cipher = createCipheriv('aes-256-gcm', fileKey, nonce(number++, isLast), {
      authTagLength: tagLength,
    });
    cipher.setAAD(head);
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(ciphertext.length);
    return Buffer.concat([length, ciphertext, cipher.getAuthTag()]);
  };
  yield seal(Buffer.from(JSON.stringify(about)), false);
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    waiting.push(piece);
    size += piece.length;
    if (size < recordSize) continue;
    const all = Buffer.concat(waiting);
    let at = 0;
    for (; at + recordSize <= all.length; at += recordSize)
      yield seal(all.subarray(at, at + recordSize), false);
    waiting = [all.subarray(at)];
    size = all.length - at;
  }
  yield seal(Buffer.concat(waiting), true);
}

/** Reads what `sealMemory` wrote, its first record at once. @throws MemoryUnusable, the body too */
export async function openMemory(
  key: Uint8Array,
  instanceId: string,
  file: AsyncIterable<Buffer>,
): Promise<SealedMemory> {
  const source = takeFrom(file);
  const head = await source.take(headLength);
  if (!head.subarray(0, magic.length).equals(magic))
    throw new MemoryUnusable('the memory file does not begin with AMITYMEM');
  const found = head.readUInt16BE(magic.length);
  if (found !== version)
    throw new MemoryUnusable(`the memory file has version ${found}; this program reads ${version}`);
  const fileKey = keyOf(key, head.subarray(-saltLength), instanceId);
  let number = 0;
  const next = async (): Promise<{ plain: Buffer; isLast: boolean }> => {
    const length = (await source.take(4)).readUInt32BE();
    if (length > longest) throw new MemoryUnusable('the memory file has a record that is too long');
    const sealed = await source.take(length + tagLength);
    const isLast = await source.isAtEnd();
    const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce(number++, isLast), {
      authTagLength: tagLength,
    });
    decipher.setAAD(head).setAuthTag(sealed.subarray(length));
    try {
      const plain = Buffer.concat([decipher.update(sealed.subarray(0, length)), decipher.final()]);
      return { plain, isLast };
    } catch (cause) {
      throw new MemoryUnusable(`record ${number - 1} of the memory file does not open`, { cause });
    }
  };
  const { plain, isLast } = await next();
  if (isLast) throw new MemoryUnusable('the memory file holds no memory');
  async function* body() {
    for (let ended = false; !ended; ) {
      const record = await next();
      ended = record.isLast;
      yield record.plain;
    }
  }
  return { about: JSON.parse(plain.toString('utf8')), body: body() };
}

function keyOf(key: Uint8Array, salt: Uint8Array, instanceId: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `amity guest memory 1 ${instanceId}`, 32));
}

function nonce(number: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt8(isLast ? 1 : 0, 0);
  bytes.writeBigUInt64BE(BigInt(number), 4);
  return bytes;
}

/** Takes so many bytes at a time from pieces of any size. */
function takeFrom(pieces: AsyncIterable<Buffer>) {
  const iterator = pieces[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let size = 0;
  const fill = async (wanted: number) => {
    while (size < wanted) {
      const { value, done } = await iterator.next();
      if (done) return false;
      held.push(value);
      size += value.length;
    }
    return true;
  };
  return {
    async take(length: number): Promise<Buffer> {
      if (!(await fill(length))) throw new MemoryUnusable('the memory file is cut short');
      const all = held.length === 1 ? held[0]! : Buffer.concat(held);
      held = [all.subarray(length)];
      size -= length;
      return all.subarray(0, length);
    },
    isAtEnd: async () => !(await fill(1)),
  };
}
