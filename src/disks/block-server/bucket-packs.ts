import type { PackReader } from '../../stores/blocks/local/files/pack-storage.ts';
import { stagingFolder } from '../../stores/blocks/staged/staged-block-store.ts';
import { stagedPackReader } from '../../stores/blocks/staged/staged-pack-reader.ts';
import type { Patience } from '../../stores/objects/s3/attempts.ts';
import { s3Objects } from '../../stores/objects/s3/s3.ts';
import type { BlockServerBucket } from './command.ts';

/**
 * A guest that waits has better chances than one whose read failed: half a minute where connections are refused, three
 * where nothing is answered.
 */
const patience: Patience = { attempts: 10, firstPauseMs: 200, longestPauseMs: 8_000 };
/** Fetches ahead worth having under way to a store that is far away. */
export const farParallel = 32;

/** The packs of a store that keeps them in a bucket. */
export function bucketPacks({ location, credentials, name }: BlockServerBucket, folder: string): PackReader {
  const objects = s3Objects({ location, credentials, patience });
  return stagedPackReader({ objects, name, folder: stagingFolder(folder) });
}
