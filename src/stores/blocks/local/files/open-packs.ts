import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

export function packPath(folder: string, pack: number): string {
  return join(folder, `${String(pack).padStart(8, '0')}.pack`);
}

interface OpenPack {
  file: Promise<FileHandle>;
  users: number;
  /** Since the last look at idle files. */
  usedLately: boolean;
  dropped: boolean;
}

/** A removed pack gives its space back when its last file is closed, in every process: idle ones are, after this. */
const idleMs = 30_000;

/** Files of the packs read last; one that is in use is closed only afterwards. */
export function openPacks(folder: string, limit: number) {
  const entries = new Map<number, OpenPack>();

  const closeUnused = async (entry: OpenPack) => {
    // A file that was only read has nothing to lose by a failing close.
    if (entry.dropped && entry.users === 0)
      await entry.file.then(file => file.close()).catch(() => undefined);
  };
  const drop = async (pack: number) => {
    const entry = entries.get(pack);
    if (!entry) return;
    entries.delete(pack);
    entry.dropped = true;
    await closeUnused(entry);
  };
  const idle = setInterval(() => {
    for (const [pack, entry] of entries) {
      if (!entry.usedLately && entry.users === 0) void drop(pack);
      entry.usedLately = false;
    }
  }, idleMs);
  idle.unref();

  return {
    /** Runs `work` on the pack's file. */
    async use<T>(pack: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
      const entry = entries.get(pack) ?? {
        file: open(packPath(folder, pack), 'r'),
        users: 0,
        usedLately: true,
        dropped: false,
      };
      entry.users++;
      entry.usedLately = true;
      entry.file.catch(() => entries.get(pack) === entry && entries.delete(pack));
      // Set anew, so that the map's order is that of last use.
      entries.delete(pack);
      entries.set(pack, entry);
      try {
        if (entries.size > limit) await drop(entries.keys().next().value!);
        return await work(await entry.file);
      } finally {
        entry.users--;
        await closeUnused(entry);
      }
    },
    /** Closes the pack's file, when its last user is done. */
    forget: drop,
    async close() {
      clearInterval(idle);
      await Promise.all([...entries.keys()].map(drop));
    },
  };
}
