import type { ManifestEntry } from '../domain/manifest.ts';
import type { BlockStore, Manifest, WriteSession } from '../stores/blocks/block-store.ts';

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
  let seen = 0;
  for await (const entries of manifest.entries()) {
    const foreign = entries.filter(([index, reference]) => reference.domain !== domain && !staged.has(index));
    for (let start = 0; start < foreign.length; start += checkpointEvery) {
      signal.throwIfAborted();
      if (!(await onProgress(Math.floor((99 * (seen + start)) / manifest.blockCount)))) return false;
      await stageAll(blocks, session, foreign.slice(start, start + checkpointEvery));
    }
    seen += entries.length;
  }
  return true;
}

async function stageAll(
  blocks: Pick<BlockStore, 'read'>,
  session: WriteSession,
  entries: readonly ManifestEntry[],
): Promise<void> {
  const lane = async (first: number) => {
    for (let i = first; i < entries.length; i += inFlight) {
      const [index, reference] = entries[i]!;
      await session.put(index, await blocks.read(reference));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, first) => lane(first)));
  await session.flush();
}
