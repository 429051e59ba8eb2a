import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BootProfile, inherited } from '../../boot-profile.ts';
import { decodeProfile, encodeProfile, maxProfileLength } from '../formats/profile-format.ts';
import { writeDurably } from './durable-file.ts';
import { isSnapshotId } from './manifest-files.ts';

/** Boot profiles, one file each, named by snapshot id. They are hints: one that is damaged is as good as none. */
export interface ProfileFiles {
  read(snapshotId: string): Promise<BootProfile | undefined>;
  write(snapshotId: string, profile: BootProfile): Promise<void>;
  /** Gives a snapshot made of a volume the profile of the volume's own snapshot, unless it has one. */
  inherit(snapshotId: string, base: string): Promise<void>;
  remove(snapshotId: string): Promise<void>;
}

export function profileFiles(folder: string): ProfileFiles {
  const pathOf = (snapshotId: string) => {
    if (!isSnapshotId(snapshotId)) throw new Error(`${JSON.stringify(snapshotId)} is not a snapshot id`);
    return join(folder, `${snapshotId}.profile`);
  };
  const read = async (snapshotId: string) => {
    const bytes = await readSmall(pathOf(snapshotId));
    try {
      return bytes && decodeProfile(snapshotId, bytes);
    } catch {
      return undefined;
    }
  };
  const write = async (snapshotId: string, profile: BootProfile) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeDurably(pathOf(snapshotId), encodeProfile(snapshotId, profile));
  };
  return {
    read,
    write,
    async inherit(snapshotId, base) {
      const profile = await read(base);
      if (profile && !(await read(snapshotId))) await write(snapshotId, inherited(profile));
    },
    remove: snapshotId => rm(pathOf(snapshotId), { force: true }),
  };
}

/** A file no longer than a profile can be; undefined if there is none. */
async function readSmall(path: string): Promise<Buffer | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    return size > maxProfileLength ? undefined : await file.readFile();
  } finally {
    await file.close();
  }
}
