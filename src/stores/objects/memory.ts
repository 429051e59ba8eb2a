import { checkedPiece, compareKeys, keyPrefix, objectKey } from './keys.ts';
import {
  ObjectConflict,
  ObjectMissing,
  type ObjectStore,
  ObjectStoreFailed,
  ObjectTooShort,
} from './object-store.ts';
import { exactly, sourceOf } from './source.ts';

/** Objects that end with the program. */
export function memoryObjects(): ObjectStore {
  const objects = new Map<string, Buffer>();
  let closed = false;
  const open = () => {
    if (closed) throw new ObjectStoreFailed('The objects in memory were closed');
    return objects;
  };
  return {
    async put(key, content, { ifAbsent = false } = {}) {
      objectKey(key);
      const chunks: Uint8Array[] = [];
      // Copied, since the caller may use its buffer again.
      for await (const chunk of exactly(sourceOf(content))) chunks.push(Buffer.from(chunk));
      const bytes = Buffer.concat(chunks);
      const present = open().get(key);
      if (!ifAbsent || !present) objects.set(key, bytes);
      else if (!present.equals(bytes)) throw new ObjectConflict(key, 'memory');
    },
    async get(key, piece) {
      const bytes = open().get(objectKey(key));
      if (piece) checkedPiece(piece);
      if (!bytes) throw new ObjectMissing(key, 'memory');
      if (!piece) return Buffer.from(bytes);
      const end = piece.offset + piece.length;
      if (end > bytes.length) throw new ObjectTooShort(key, piece);
      return Buffer.from(bytes.subarray(piece.offset, end));
    },
    async head(key) {
      const bytes = open().get(objectKey(key));
      return bytes && { size: bytes.length };
    },
    async *list(prefix) {
      keyPrefix(prefix);
      const found = [...open()].filter(([key]) => key.startsWith(prefix));
      for (const [key, bytes] of found.sort(([a], [b]) => compareKeys(a, b)))
        yield { key, size: bytes.length };
    },
    async delete(key) {
      open().delete(objectKey(key));
    },
    async close() {
      closed = true;
    },
  };
}
