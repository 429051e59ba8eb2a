/** Opens the block store of a region where `--blocks` says. */
import type { BlocksPlace } from './blocks-place.ts';
import { InvalidSetting } from './invalid-setting.ts';
import { type LocalBlockStore, openLocalBlockStore } from './stores/blocks/local/local-block-store.ts';
import { isUsed, placeOf } from './stores/blocks/staged/claim.ts';
import { openStagedBlockStore } from './stores/blocks/staged/staged-block-store.ts';
import { probeObjects } from './stores/objects/probe.ts';
import { s3Objects } from './stores/objects/s3/s3.ts';
import type { S3Credentials, S3Location } from './stores/objects/s3/settings.ts';

/** Where a region's blocks are, and with which key they are read; what the block server is told. */
export interface RegionBucket {
  location: S3Location;
  credentials: S3Credentials;
  /** Its URL, in errors. */
  name: string;
}

/** Undefined where blocks are in the data folder. */
export function regionBucket(place: BlocksPlace, region: string): RegionBucket | undefined {
  if (place.kind === 'data-folder') return undefined;
  const prefix = [place.location.prefix, region].filter(Boolean).join('/');
  const { bucket } = place.location;
  const location = { ...place.location, prefix };
  return { location, credentials: place.credentials, name: `s3://${bucket}/${prefix}` };
}

export interface RegionBlocksOptions {
  folder: string;
  masterKey: Buffer;
  bucket: RegionBucket | undefined;
  /** Whether the region's records know any snapshot. */
  hasSnapshots(): Promise<boolean>;
  notice(text: string): void;
}

export async function openRegionBlocks(options: RegionBlocksOptions): Promise<LocalBlockStore> {
  const { folder, masterKey, bucket, hasSnapshots, notice } = options;
  if (!bucket) {
    const place = await placeOf(folder);
    if (place !== undefined)
      throw new InvalidSetting(`The blocks of this data folder are in ${place}: name it with --blocks`);
    return openLocalBlockStore({ folder, masterKey });
  }
  const { location, credentials, name } = bucket;
  const objects = s3Objects({ location, credentials });
  // What no record knows is garbage to a server; records that are lost must not make everything so.
  if (!(await isUsed(folder)) && !(await hasSnapshots()))
    for await (const { key } of objects.list('manifests/')) {
      await objects.close();
      throw new InvalidSetting(
        `${name}/${key} is there, but the records know no snapshot: bring back the records, or name another prefix`,
      );
    }
  return openStagedBlockStore({ folder, masterKey, objects, name, notice });
}

/** Does in the bucket what the server will do. @throws InvalidSetting with what does not work */
export async function checkBlocksPlace(place: BlocksPlace): Promise<void> {
  if (place.kind === 'data-folder') return;
  const objects = s3Objects(place);
  try {
    await probeObjects(objects);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidSetting(`--blocks cannot be used: ${reason}`, { cause });
  } finally {
    await objects.close();
  }
}
