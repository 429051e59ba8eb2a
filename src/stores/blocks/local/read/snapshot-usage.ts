import type { Manifest } from '../../block-store.ts';
import type { SegmentSource } from './segment-source.ts';

/** What one snapshot takes of its store, in bytes of packs: compressed, encrypted. */
export interface SnapshotUsage {
  snapshotId: string;
  /** In segments that no other snapshot needs: what deleting it would free. */
  ownBytes: number;
  /** In segments that others need, too. */
  sharedBytes: number;
}

export interface UsageSource extends Pick<SegmentSource, 'recipe'> {
  list(): Promise<string[]>;
  openManifest(snapshotId: string): Promise<Manifest | undefined>;
  /** Bytes of a segment in its pack. @throws SegmentMissing */
  storedLength(domain: string, number: number): Promise<number>;
  /** The highest number a segment has. */
  lastSegment(): number;
}

const nobody = 0;
const several = -1;

/**
 * Looks at each block of each snapshot once, and keeps 8 bytes for each segment. A snapshot that is deleted meanwhile is
 * left out. @throws BlockMissing, SegmentMissing where the store is damaged
 */
export async function snapshotUsage(source: UsageSource): Promise<SnapshotUsage[]> {
  const last = source.lastSegment();
  /** The one snapshot that needs a segment, as its place in `usages`, from 1. */
  const holders = new Int32Array(last + 1);
  /** The snapshot a segment was counted for last. */
  const counted = new Int32Array(last + 1);
  const usages: SnapshotUsage[] = [];

  const count = async (domain: string, segment: number) => {
    const place = usages.length;
    // A segment from after the beginning is of a snapshot from after the beginning.
    if (segment > last || counted[segment] === place) return;
    counted[segment] = place;
    const usage = usages[place - 1]!;
    const length = await source.storedLength(domain, segment);
    const holder = holders[segment]!;
    if (holder === nobody) {
      holders[segment] = place;
      usage.ownBytes += length;
      return;
    }
    usage.sharedBytes += length;
    if (holder === several) return;
    holders[segment] = several;
    usages[holder - 1]!.ownBytes -= length;
    usages[holder - 1]!.sharedBytes += length;
  };

  for (const snapshotId of await source.list()) {
    const manifest = await source.openManifest(snapshotId);
    if (!manifest) continue;
    usages.push({ snapshotId, ownBytes: 0, sharedBytes: 0 });
    try {
      for await (const entries of manifest.entries())
        for (const [, reference] of entries)
          for (const { segment } of await source.recipe(reference)) await count(reference.domain, segment);
    } finally {
      await manifest.close();
    }
  }
  return usages;
}
