/**
 * Which blocks folder and which bucket belong together: `place` in the folder says where its packs are, and `store.key` in
 * the bucket is a key wrapped by the master key that all of its blocks are under.
 */
import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectConflict, ObjectMissing, type ObjectStore } from '../../objects/object-store.ts';
import { writeDurably } from '../local/files/durable-file.ts';
import { storeFolders } from '../local/files/folders.ts';
import { unwrapKey, wrapKey } from '../local/keys/key-ring.ts';

const claimKey = 'store.key';
const claimDomain = 'block store';

/** Blocks are elsewhere than was said; the message names the remedy. */
export class WrongPlace extends Error {
  override name = 'WrongPlace';
}

/** Where the packs of a blocks folder are: a bucket's URL, or undefined for the folder itself. */
export async function placeOf(folder: string): Promise<string | undefined> {
  return (await ignoreAbsence(readFile(join(folder, 'place'), 'utf8')))?.trim();
}

/** Whether a blocks folder was used before. */
export function isUsed(folder: string): Promise<boolean> {
  return access(storeFolders(folder).index).then(
    () => true,
    () => false,
  );
}

export interface ClaimOptions {
  folder: string;
  masterKey: Buffer;
  objects: ObjectStore;
  /** The bucket's URL. */
  name: string;
}

/** Makes the bucket the place of the folder's blocks, if neither belongs to another. @throws WrongPlace */
export async function claimBucket({ folder, masterKey, objects, name }: ClaimOptions): Promise<void> {
  const place = await placeOf(folder);
  if (place !== undefined && place !== name)
    throw new WrongPlace(`The blocks of this data folder are in ${place}, not in ${name}`);
  if (place === undefined && (await isUsed(folder)))
    throw new WrongPlace(
      `The blocks of this data folder are in itself and cannot be moved to ${name}: leave out --blocks, or begin with another data folder`,
    );
  const claim = await readClaim(objects);
  if (!claim && place !== undefined)
    throw new WrongPlace(
      `${name} does not hold the blocks of this data folder any more: name where they are`,
    );
  check(claim ?? (await makeClaim(objects, masterKey)), masterKey, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (place === undefined) await writeDurably(join(folder, 'place'), Buffer.from(`${name}\n`));
}

async function readClaim(objects: ObjectStore): Promise<Buffer | undefined> {
  try {
    return await objects.get(claimKey);
  } catch (error) {
    if (error instanceof ObjectMissing) return undefined;
    throw error;
  }
}

async function makeClaim(objects: ObjectStore, masterKey: Buffer): Promise<Buffer> {
  const claim = wrapKey(randomBytes(32), claimDomain, masterKey);
  try {
    await objects.put(claimKey, claim, { ifAbsent: true });
    return claim;
  } catch (error) {
    // Of another server that came between, or of an attempt whose answer was lost.
    if (error instanceof ObjectConflict) return objects.get(claimKey);
    throw error;
  }
}

function check(claim: Buffer, masterKey: Buffer, name: string): void {
  try {
    unwrapKey(claim, claimDomain, masterKey);
  } catch (cause) {
    const message = `The blocks in ${name} are under another master key: use the one they were made with, or another prefix`;
    throw new WrongPlace(message, { cause });
  }
}

export async function ignoreAbsence<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
