import { pageSize, pagesPerBlock } from '../formats/recipe.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { ofLastKey } from '../keys/of-last-key.ts';
import { SegmentCorrupt, SegmentMissing, type SegmentSource } from '../read/segment-source.ts';
import { fingerprintLength, pageFingerprints } from '../write/fingerprints.ts';

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
  const fingerprintsUnder = ofLastKey(pageFingerprints);
  const zeroes = new Uint8Array(pagesPerBlock);
  let restored = 0;
  for (const { pack } of index.packs())
    for (const { domain, number, format, fingerprints } of index.segments.inPack(pack)) {
      if (format !== 2 || fingerprints) continue;
      const domainKeys = await keys.find(domain).catch(() => undefined);
      const pages = domainKeys && (await segments.segment(domain, number).catch(ignoreLoss));
      if (!pages) continue;
      const found = Buffer.alloc((pages.length / pageSize) * fingerprintLength);
      fingerprintsUnder(domainKeys.fingerprint)(pages, found, zeroes);
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
