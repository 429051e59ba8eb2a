/**
 * Gives the memory of bytes nobody uses any more back at once. The collector sees how small the objects in front of such
 * memory are, not how large it is, and comes by when hundreds of megabytes are waiting.
 */
export function releaseMemory(bytes: Uint8Array): void {
  const memory = bytes.buffer;
  // Small buffers are pieces of a pool that others use, too.
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize) memory.transfer(0);
}

/**
 * The same bytes in memory that is theirs alone and can be handed to another thread: small results of zlib lie in a pool
 * that is shared, and cannot.
 */
export function ownMemory(bytes: Uint8Array): Buffer<ArrayBuffer> {
  const memory = bytes.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize)
    return Buffer.from(memory, bytes.byteOffset, bytes.byteLength);
  const own = Buffer.allocUnsafeSlow(bytes.length) as Buffer<ArrayBuffer>;
  own.set(bytes);
  return own;
}
