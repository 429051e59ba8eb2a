/**
 * Which dirty bitmaps a volume keeps, and which snapshot the next freeze is relative to.
 *
 * `since-S` records what changed after the freeze for snapshot S; it is stored in the overlay. It goes on recording
 * through later freezes until one of them is durable, so that a failed snapshot forgets nothing. A freeze reads from
 * a copy made at its moment, `changed-T-since-S`, kept in memory only.
 */

/** A bitmap as `query-named-block-nodes` lists it. */
export interface DirtyBitmap {
  name: string;
  recording: boolean;
  /** It was not saved by the last process that used it: its content means nothing. */
  inconsistent: boolean;
  /** Dirty bytes. */
  count: number;
}

/** Bytes one bit of a dirty bitmap stands for: the overlay's cluster. */
export const granularity = 64 * 1024;

export const sinceBitmap = (snapshotId: string) => `since-${snapshotId}`;

export const changedBitmap = (snapshotId: string, base: string) => `changed-${snapshotId}-since-${base}`;

const since = /^since-(snap-[0-9a-f]+)$/;
const changed = /^changed-(snap-[0-9a-f]+)-since-(snap-[0-9a-f]+)$/;

/** The snapshot ids whose `since-` bitmap records, smallest change first. */
export function recordedSince(bitmaps: readonly DirtyBitmap[]): string[] {
  return bitmaps
    .filter(bitmap => bitmap.recording && !bitmap.inconsistent)
    .sort((a, b) => a.count - b.count)
    .flatMap(({ name }) => since.exec(name)?.[1] ?? []);
}

/** The names of the `since-` bitmaps, sound or not, of any snapshot but those in `kept`. */
export function otherSince(bitmaps: readonly DirtyBitmap[], kept: ReadonlySet<string>): string[] {
  return bitmaps
    .filter(({ name, inconsistent }) => {
      const snapshotId = since.exec(name)?.[1];
      return snapshotId !== undefined && (inconsistent || !kept.has(snapshotId));
    })
    .map(({ name }) => name);
}

/** What the freeze for `snapshotId` is relative to, if it is read from a bitmap. */
export function frozenChange(
  bitmaps: readonly DirtyBitmap[],
  snapshotId: string,
): { name: string; base: string } | undefined {
  for (const { name } of bitmaps) {
    const [, of, base] = changed.exec(name) ?? [];
    if (of === snapshotId && base !== undefined) return { name, base };
  }
  return undefined;
}
