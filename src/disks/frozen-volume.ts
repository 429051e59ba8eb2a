import type { FrozenVolume } from './disk.ts';
import { extentList } from './extents.ts';
import type { FreezeTarget, FrozenBase } from './frozen-views.ts';
import { connectNbd, type NbdClient } from './nbd/client.ts';

/** Asked about at once, so that a map of many small extents stays bounded: below NBD's 32 bits of length. */
const mapStep = 1024 ** 3;
/** Set in a dirty bitmap's status: https://github.com/qemu/qemu/blob/master/docs/interop/nbd.txt */
const dirty = 1;
/** Levels of the view that are the volume's own: set aside since the freeze (1), and its overlay (2). */
const ownDepth = 2;

/** A frozen view, read over NBD; `release` takes it down in the daemon. */
export function frozenVolume(
  { volume, snapshotId }: FreezeTarget,
  { base, bitmap }: FrozenBase,
  socketPath: string,
  release: (durable: boolean) => Promise<void>,
): FrozenVolume {
  const context = bitmap === undefined ? 'qemu:allocation-depth' : `qemu:dirty-bitmap:${bitmap}`;
  const isChanged =
    bitmap === undefined
      ? (depth: number) => depth >= 1 && depth <= ownDepth
      : (flags: number) => (flags & dirty) !== 0;

  let connection: Promise<NbdClient> | undefined;

  /** A connection that has failed is replaced at the next call: the daemon may only have been slow. */
  const ask = async <T>(question: (client: NbdClient) => Promise<T>): Promise<T> => {
    connection ??= connectNbd({ socketPath, exportName: snapshotId, contexts: [context] });
    const used = connection;
    try {
      return await question(await used);
    } catch (error) {
      if (connection === used) connection = undefined;
      await disconnect(used);
      throw error;
    }
  };

  const end = async (durable: boolean) => {
    const used = connection;
    connection = undefined;
    if (used) await disconnect(used);
    await release(durable);
  };

  return {
    volumeId: volume.volumeId,
    size: volume.size,
    snapshotId,
    base,
    changed: () =>
      ask(async client => {
        const list = extentList();
        for (let offset = 0; offset < volume.size; ) {
          const step = Math.min(mapStep, volume.size - offset);
          for (const { length, flags } of await client.blockStatus(context, offset, step)) {
            if (isChanged(flags)) list.add({ offset, length });
            offset += length;
          }
        }
        return list.extents;
      }),
    read: (offset, length) => ask(client => client.read(offset, length)),
    commit: () => end(true),
    abandon: () => end(false),
  };
}

async function disconnect(connection: Promise<NbdClient>): Promise<void> {
  const client = await connection.catch(() => undefined);
  await client?.close();
}
