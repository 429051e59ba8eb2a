import type { BlockIndex } from './block-index.ts';
import { fingerprintLength, fingerprintPages } from './fingerprints.ts';
import type { KeyRing } from './key-ring.ts';
import { pageSize, pagesPerBlock } from './recipe.ts';
import { SegmentCorrupt, SegmentMissing, type SegmentSource } from './segment-source.ts';

const commitEvery = 1_000;

/**
 * Reads every segment of which nobody has seen the pages since the index was lost, so that new data share pages with
 * them again. @returns how many
 */
export async function restoreFingerprints(
  index: BlockIndex,
  keys: KeyRing,
  segments: Pick<SegmentSource, 'segment'>,
): Promise<number> {
  const zeroes = new Uint8Array(pagesPerBlock);
  let restored = 0;
  for (const { pack } of index.packs())
    for (const { domain, number, format, fingerprints } of index.segments.inPack(pack)) {
      if (format !== 2 || fingerprints) continue;
      const domainKeys = await keys.find(domain).catch(() => undefined);
      const pages = domainKeys && (await segments.segment(domain, number).catch(ignoreLoss));
      if (!pages) continue;
      const found = Buffer.alloc((pages.length / pageSize) * fingerprintLength);
      fingerprintPages(pages, domainKeys.fingerprint, found, zeroes);
      index.begin();
      index.segments.setFingerprints(domain, number, found);
      if (++restored % commitEvery === 0) index.commit();
    }
  index.commit();
  return restored;
}

/** What cannot be read is a loss that was told; nothing is to be shared with it. */
function ignoreLoss(error: unknown): undefined {
  if (!(error instanceof SegmentCorrupt) && !(error instanceof SegmentMissing)) throw error;
}
