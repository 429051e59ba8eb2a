import { blockSize } from '../domain/manifest.ts';
import { connectNbd } from './nbd/client.ts';

/**
 * Blocks one connection reads. The block server learns from a connection that reads more what a boot asks for, and one that
 * reads on and on is left out of its cache: a warming is neither.
 */
const blocksPerConnection = 3;

/** Reads blocks of a snapshot from the block server, which then has them in its cache. */
export async function warmBlocks(
  socketPath: string,
  snapshotId: string,
  indexes: readonly number[],
): Promise<void> {
  for (let start = 0; start < indexes.length; start += blocksPerConnection) {
    const client = await connectNbd({ socketPath, exportName: snapshotId });
    try {
      for (const index of indexes.slice(start, start + blocksPerConnection)) {
        const offset = index * blockSize;
        if (offset < client.size) await client.read(offset, Math.min(blockSize, client.size - offset));
      }
    } finally {
      await client.close();
    }
  }
}
