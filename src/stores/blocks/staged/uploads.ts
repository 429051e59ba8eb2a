import type { ObjectStore } from '../../objects/object-store.ts';
import { fileSource } from '../../objects/source.ts';
import { packName, type Stage, type StagingFolder } from './staging-folder.ts';

export function packKey(pack: number): string {
  return `packs/${packName(pack)}.pack`;
}

/** Brings complete packs from the staging folder to the bucket, a few at a time, in the background. */
export function packUploads(objects: ObjectStore, staging: StagingFolder, atOnce: number) {
  const running = new Map<number, Promise<void>>();
  const held = new Set<number>();
  const waiting: (() => void)[] = [];
  let free = atOnce;

  const upload = async (pack: number) => {
    if (free > 0) free -= 1;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      const path = staging.path(pack);
      if (path === undefined) return;
      const ifAbsent = staging.stage(pack) === 'sealed';
      await objects.put(packKey(pack), await fileSource(path), { ifAbsent });
      await staging.forget(pack);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };

  const start = (pack: number): Promise<void> => {
    const known = running.get(pack);
    if (known) return known;
    const work = upload(pack).finally(() => running.delete(pack));
    // Whoever settles hears of it; until then the pack stays where it is, and is tried again.
    work.catch(() => undefined);
    running.set(pack, work);
    return work;
  };

  const idle = async (pack: number) => {
    while (running.has(pack)) await Promise.allSettled([running.get(pack)]);
  };

  return {
    start,
    /** After an upload under way, whatever its outcome. */
    idle,
    /** None begins from here to `release`: the pack is changed. */
    async hold(pack: number): Promise<void> {
      await idle(pack);
      held.add(pack);
    },
    release(pack: number): void {
      held.delete(pack);
    },
    allIdle: async () => {
      await Promise.allSettled(running.values());
    },
    /** All complete packs are in the bucket. @throws why one is not */
    async settle(): Promise<void> {
      const complete = staging.packs().filter(pack => isComplete(staging.stage(pack)) && !held.has(pack));
      const failed = (await Promise.allSettled(complete.map(start))).find(
        ({ status }) => status === 'rejected',
      );
      if (failed?.status === 'rejected') throw failed.reason;
    },
  };
}

export function isComplete(stage: Stage | undefined): boolean {
  return stage === 'sealed' || stage === 'rewritten';
}
