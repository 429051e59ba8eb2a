/**
 * Packs on this machine that are not in the bucket yet. The ending of a file's name says how far it is: `.pack` is being
 * written, `.sealed` is complete and waits to be put. `.repack` and `.rewritten` are the same for a pack that may be in
 * the bucket already, in whose place it is put.
 */
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, temporaryPrefix, writeDurably } from '../local/files/durable-file.ts';

export type Stage = 'pack' | 'sealed' | 'repack' | 'rewritten';

export function packName(pack: number): string {
  return String(pack).padStart(8, '0');
}

export type StagingFolder = Awaited<ReturnType<typeof openStagingFolder>>;

export async function openStagingFolder(folder: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stages = new Map<number, Stage>();
  for (const name of await readdir(folder)) {
    const match = /^(\d{8,15})\.(pack|sealed|repack|rewritten)$/.exec(name);
    if (name.startsWith(temporaryPrefix)) await rm(join(folder, name));
    else if (match) stages.set(Number(match[1]), match[2] as Stage);
  }
  const at = (pack: number, stage: Stage) => join(folder, `${packName(pack)}.${stage}`);

  return {
    packs: () => [...stages.keys()],
    stage: (pack: number) => stages.get(pack),
    path: (pack: number) => {
      const stage = stages.get(pack);
      return stage && at(pack, stage);
    },
    /** @throws EEXIST */
    async create(pack: number): Promise<FileHandle> {
      const file = await open(at(pack, 'pack'), 'wx', 0o600);
      try {
        await syncFolder(folder);
      } catch (error) {
        await file.close();
        throw error;
      }
      stages.set(pack, 'pack');
      return file;
    },
    /** Brings a pack of the bucket back; nobody reads it here before it is whole and durable. */
    async bringBack(pack: number, content: Buffer): Promise<void> {
      await writeDurably(at(pack, 'repack'), content);
      stages.set(pack, 'repack');
    },
    async move(pack: number, stage: Stage): Promise<void> {
      await rename(at(pack, stages.get(pack)!), at(pack, stage));
      stages.set(pack, stage);
      await syncFolder(folder);
    },
    /** Readers find it in the bucket from now on. Where a crash brings the file back, it is put once more. */
    async forget(pack: number): Promise<void> {
      const path = at(pack, stages.get(pack) ?? 'pack');
      stages.delete(pack);
      await rm(path, { force: true });
    },
    sync: () => syncFolder(folder),
  };
}
