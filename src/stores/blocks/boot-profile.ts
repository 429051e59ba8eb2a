import { joinPages, type PageSet } from './page-set.ts';

/**
 * What boots from a snapshot read first, in their order: a hint of what to fetch before a guest asks. By block indexes
 * and pages, so that it holds whatever segments they are moved to, and for snapshots made of its volumes too.
 */
export interface BootProfile {
  /** Boots it was learned from; 0 when it is only that of the snapshot's base. */
  readonly boots: number;
  readonly blocks: readonly ProfiledBlock[];
}

export interface ProfiledBlock {
  readonly index: number;
  readonly pages: PageSet;
  /** Boots that read it. */
  readonly boots: number;
}

/** After so many boots there is no more to learn: a snapshot does not change. */
export const enoughBoots = 8;
/** Blocks of one profile: half a GiB. */
export const maxProfiledBlocks = 1024;

/** What one boot read, in its order. */
export type BootRecord = ReadonlyMap<number, PageSet>;

/** Keeps what at least half of the boots read, in the order of the last one. */
export function learn(profile: BootProfile | undefined, record: BootRecord): BootProfile {
  const before = profile && profile.boots > 0 ? profile : { boots: 0, blocks: [] };
  const boots = before.boots + 1;
  const known = new Map(before.blocks.map(block => [block.index, block]));
  const blocks: ProfiledBlock[] = [];
  for (const [index, pages] of record) {
    const old = known.get(index);
    known.delete(index);
    blocks.push({ index, pages: old ? joinPages(old.pages, pages) : pages, boots: (old?.boots ?? 0) + 1 });
  }
  return {
    boots,
    blocks: [...blocks, ...known.values()]
      .filter(block => block.boots * 2 >= boots)
      .slice(0, maxProfiledBlocks),
  };
}

/** The profile of a snapshot made of a volume whose own snapshot had this one. */
export function inherited(profile: BootProfile): BootProfile {
  return { boots: 0, blocks: profile.blocks.map(block => ({ ...block, boots: 0 })) };
}
