import { ObjectMissing, type ObjectStore, ObjectTooShort } from '../../objects/object-store.ts';
import { PackMissing } from '../local/files/pack-storage.ts';
import { MalformedFile } from '../local/formats/byte-reader.ts';
import { packKey } from './uploads.ts';

/** Reads pieces of packs in the bucket. @throws PackMissing, MalformedFile */
export function packsThere(objects: ObjectStore, describe: (pack: number) => string) {
  return (pack: number, offset: number, length: number): Promise<Buffer> =>
    objects.get(packKey(pack), { offset, length }).catch(error => {
      if (error instanceof ObjectMissing) throw new PackMissing(describe(pack), error);
      if (error instanceof ObjectTooShort) throw new MalformedFile(error.message, { cause: error });
      throw error;
    });
}

/** The same bytes in a Buffer that begins its ArrayBuffer and is all of it. */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
