import type { Manifest } from '../domain/manifest.ts';
import type { BlockStore, WriteSession } from '../stores/blocks/block-store.ts';

/** Blocks at the same time. */
const inFlight = 4;
/** After so many blocks what is staged is made durable and progress is told (32 MiB). */
const checkpointEvery = 64;

/**
 * Stages, in a session's key domain, every block of a manifest that lies in another one and is not staged yet. What is
 * committed over that manifest then lies under one key alone. `onProgress` is told percent below 100 and answers whether
 * to go on; the result says whether all is staged.
 */
export async function reEncrypt(
  blocks: Pick<BlockStore, 'read'>,
  session: WriteSession,
  domain: string,
  manifest: Manifest,
  signal: AbortSignal,
  onProgress: (percent: number) => Promise<boolean>,
): Promise<boolean> {
  const staged = await session.staged();
  const foreign = [...manifest.blocks].filter(
    ([index, reference]) => reference.domain !== domain && !staged.has(index),
  );
  for (let start = 0; start < foreign.length; start += checkpointEvery) {
    signal.throwIfAborted();
    if (!(await onProgress(Math.floor((99 * start) / foreign.length)))) return false;
    const batch = foreign.slice(start, start + checkpointEvery);
    const lane = async (first: number) => {
      for (let i = first; i < batch.length; i += inFlight) {
        const [index, reference] = batch[i]!;
        await session.put(index, await blocks.read(reference));
      }
    };
    await Promise.all(Array.from({ length: inFlight }, (_, first) => lane(first)));
    await session.flush();
  }
  return true;
}
