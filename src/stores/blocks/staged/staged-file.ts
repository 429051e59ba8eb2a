import type { FileHandle } from 'node:fs/promises';
import { packFile } from '../local/files/pack-file.ts';
import type { PackFile } from '../local/files/pack-storage.ts';

/** A pack in the staging folder. `sealed` is told when it is complete, synced and closed. */
export function stagedFile(
  file: FileHandle,
  { sealed, abandoned }: { sealed(): Promise<void>; abandoned(): void },
): PackFile {
  const staged = packFile(file);
  return {
    ...staged,
    async seal() {
      await staged.seal();
      await sealed();
    },
    async abandon() {
      await staged.abandon();
      abandoned();
    },
  };
}

/** A complete pack that is made ready for changes once something is written to it; `unchanged` is told if nothing was. */
export function lateFile(change: () => Promise<PackFile>, unchanged: () => void): PackFile {
  let file: Promise<PackFile> | undefined;
  return {
    async write(bytes, offset) {
      file ??= change();
      await (await file).write(bytes, offset);
    },
    sync: async () => (await file)?.sync(),
    async seal() {
      if (file) await (await file).seal();
      else unchanged();
    },
    async abandon() {
      const changed = await file?.catch(() => undefined);
      if (changed) await changed.abandon();
      else unchanged();
    },
  };
}
