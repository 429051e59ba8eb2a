import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { type BlockReference, blockSize } from '../../../domain/manifest.ts';
import { BlockCorrupt } from '../block-store.ts';
import { associatedData, decodeStoredBlock, encodeStoredBlock, ivLength, tagLength } from './stored-block.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const level1 = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** Compresses a block if that makes it smaller, encrypts it with its domain's data key, frames it. */
export async function sealBlock(
  reference: BlockReference,
  plain: Uint8Array,
  dataKey: Buffer,
): Promise<Buffer> {
  const compressed = await compress(plain, level1);
  const zstd = compressed.length < plain.length;
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv, { authTagLength: tagLength });
  cipher.setAAD(associatedData(reference, zstd));
  const ciphertext = Buffer.concat([cipher.update(zstd ? compressed : plain), cipher.final()]);
  return encodeStoredBlock(reference, zstd, { iv, ciphertext, tag: cipher.getAuthTag() });
}

/**
 * The plain bytes of a stored block, tag and digest checked.
 * @param where the pack and offset, for the error
 * @throws BlockCorrupt
 */
export async function unsealBlock(
  reference: BlockReference,
  stored: Buffer,
  dataKey: Buffer,
  where: string,
): Promise<Buffer> {
  try {
    const { reference: found, zstd, iv, ciphertext, tag } = decodeStoredBlock(stored);
    if (found.domain !== reference.domain || found.digest !== reference.digest)
      throw new Error(`found block ${found.digest} of key domain ${found.domain} in its place`);
    const decipher = createDecipheriv('aes-256-gcm', dataKey, iv, { authTagLength: tagLength });
    decipher.setAAD(associatedData(reference, zstd));
    decipher.setAuthTag(tag);
    const opened = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    const plain = zstd
      ? await decompress(opened, { maxOutputLength: blockSize, chunkSize: blockSize })
      : opened;
    if (plain.length !== blockSize) throw new Error(`it holds ${plain.length} bytes`);
    if (digestOf(plain) !== reference.digest) throw new Error('its bytes do not match its digest');
    return plain;
  } catch (error) {
    throw new BlockCorrupt(reference.domain, reference.digest, where, error);
  }
}
