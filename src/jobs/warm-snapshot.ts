import { PermanentFailure } from './job.ts';
import type { JobServices } from './services.ts';

/** Blocks that go into the block server's cache: 128 MiB, half of what it holds unless told otherwise. */
const mostCached = 256;
/** Blocks read from the store after those, so that the host has them in its own cache: 4 GiB. */
const mostRead = 8192;
const atATime = 16;

/**
 * Reads a snapshot's blocks, from the first on, before volumes ask for them: as many as its cache has room for through the
 * block server, the next ones from the store. `isWanted` is asked between batches; the result says whether all was read.
 * It changes nothing, so that it may be repeated.
 */
export async function warmSnapshot(
  { blocks, disks }: Pick<JobServices, 'blocks' | 'disks'>,
  snapshotId: string,
  signal: AbortSignal,
  isWanted: () => Promise<boolean>,
): Promise<boolean> {
  const manifest = await blocks.openManifest(snapshotId);
  if (!manifest) throw new PermanentFailure('Server.InternalError', `${snapshotId} has no manifest`);
  try {
    let read = 0;
    for await (const entries of manifest.entries())
      for (let start = 0; start < entries.length; start += atATime) {
        if (read >= mostCached + mostRead) return true;
        signal.throwIfAborted();
        if (!(await isWanted())) return false;
        const batch = entries.slice(start, start + atATime);
        if (read < mostCached)
          await disks.warm(
            snapshotId,
            batch.map(([index]) => index),
          );
        else for (const [, reference] of batch) await blocks.read(reference);
        read += batch.length;
      }
    return true;
  } finally {
    await manifest.close();
  }
}
