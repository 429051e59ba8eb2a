import type { Image } from './image.ts';
import type { Snapshot } from './snapshot.ts';
import type { Tags } from './tags.ts';

/**
 * What an account has deleted and can still restore, kept apart from what there is: it can be listed, restored and tagged,
 * and is invisible to all else. https://docs.aws.amazon.com/ebs/latest/userguide/recycle-bin-factors.html
 */
interface Binned {
  ownerId: string;
  enterTime: string;
  /** When it is deleted for good. */
  exitTime: string;
}

/** Its manifest stays where it is. */
export interface BinnedSnapshot extends Binned {
  snapshot: Snapshot;
}

/** As it was before it was deregistered. */
export interface BinnedImage extends Binned {
  image: Image;
}

const inBinTag = 'aws:recycle-bin:resource-in-bin';

/** AWS shows by a tag of its own what is in the bin. */
export function taggedInBin(tags: Tags): Tags {
  return { ...tags, [inBinTag]: 'true' };
}

export function untaggedInBin(tags: Tags): Tags {
  const { [inBinTag]: _, ...rest } = tags;
  return rest;
}

export function isDue({ exitTime }: Binned, now: Date): boolean {
  return Date.parse(exitTime) <= now.getTime();
}
