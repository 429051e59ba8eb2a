import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnedProcesses } from '../processes/owned-processes.ts';
import { readGraph } from './block-graph.ts';
import type { Disks } from './disk.ts';
import {
  type FreezeTarget,
  forgetSince,
  freezeVolumes,
  isFrozen,
  keepSince,
  releaseView,
} from './frozen-views.ts';
import { frozenVolume } from './frozen-volume.ts';
import { connectNbd } from './nbd/client.ts';
import { closeVolume, growVolume, openVolumes } from './open-volumes.ts';
import { overlayFiles } from './overlay-files.ts';
import { storageDaemons } from './storage-daemon.ts';
import { turns } from './turns.ts';
import { warmBlocks } from './warm.ts';

export interface QemuDisksSettings {
  /** The region's overlays: `DATA/<region>/volumes`. */
  folder: string;
  /** Short and private to this server: sockets. */
  runtimeFolder: string;
  processes: OwnedProcesses;
  /** The unix socket of the region's block server, whose exports are named by snapshot id. */
  blocksSocket: string;
  /** Full paths. */
  programs: { qemuStorageDaemon: string; qemuImg: string };
  log(message: string): void;
}

/** For one request, in milliseconds: a look at a volume whose base is down is not worth a wait. */
const inspectDeadline = 2_000;

export interface QemuDisks extends Disks {
  /** Lets go of the daemons, which go on: before the server ends, or another one takes over. */
  disconnect(): void;
}

/**
 * Volumes as qcow2 overlays held by qemu-storage-daemon, one per holder. The block server must be up before any
 * volume is opened or frozen; the daemons wait for it otherwise, and these calls fail by their deadlines.
 * A view that was frozen does not outlive its daemon: `isFrozen` says so.
 */
export function createQemuDisks(settings: QemuDisksSettings): QemuDisks {
  const { folder, runtimeFolder, processes, blocksSocket, programs, log } = settings;
  const logFolder = join(folder, 'logs');
  for (const path of [runtimeFolder, logFolder]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const files = overlayFiles(folder, programs.qemuImg);
  const daemons = storageDaemons({
    processes,
    runtimeFolder,
    logFolder,
    program: programs.qemuStorageDaemon,
  });
  const inTurn = turns();

  const sweep = () =>
    files.sweepFleeces(daemons.isAlive).catch(error => log(`cannot remove old fleeces: ${error}`));
  daemons.onLost(holderId => {
    log(`the storage daemon of ${holderId} died`);
    void inTurn(holderId, sweep);
  });

  const release = async (holderId: string, { volume, snapshotId }: FreezeTarget, durable: boolean) => {
    // With the daemon its view has gone, and its bitmaps are judged at the next freeze.
    if (!daemons.isAlive(holderId)) return;
    const qmp = await daemons.qmp(holderId);
    const graph = await readGraph(qmp);
    const settle = durable ? keepSince : forgetSince;
    await settle(qmp, graph, volume.volumeId, snapshotId);
    await releaseView(qmp, graph, volume.volumeId, snapshotId);
    await files.removeFleece(holderId, snapshotId);
  };

  return {
    create: ({ volumeId, size }) => inTurn(volumeId, () => files.createOverlay(volumeId, size)),
    resize: ({ volumeId, size }) => inTurn(volumeId, () => files.growOverlay(volumeId, size)),
    delete: volumeId => inTurn(volumeId, () => files.removeOverlay(volumeId)),
    warm: (snapshotId, blocks) => warmBlocks(blocksSocket, snapshotId, blocks),
    list: files.list,
    holders: async () => daemons.list(),
    isOpen: async holderId => daemons.isAlive(checked(holderId)),
    onLost: daemons.onLost,
    disconnect: daemons.disconnect,
    open: (holderId, volumes) =>
      inTurn(checked(holderId), async () => {
        const found = daemons.isAlive(holderId);
        if (!found) await sweep();
        await daemons.start(holderId);
        const nbdSocket = daemons.nbdSocket(holderId);
        try {
          const qmp = await daemons.qmp(holderId);
          return await openVolumes(qmp, volumes, { overlay: files.overlay, blocksSocket, nbdSocket });
        } catch (error) {
          if (!found) await daemons.stop(holderId);
          throw error;
        }
      }),
    close: holderId =>
      inTurn(checked(holderId), async () => {
        await daemons.stop(holderId);
        await sweep();
      }),
    closeVolume: (holderId, volumeId) =>
      inTurn(checked(holderId), async () => {
        if (daemons.isAlive(holderId)) await closeVolume(await daemons.qmp(holderId), volumeId);
      }),
    resizeOpen: (holderId, volume) =>
      inTurn(checked(holderId), async () => growVolume(await daemons.qmp(holderId), volume)),
    async inspect(holderId, volumeId, look) {
      const client = await connectNbd({
        socketPath: daemons.nbdSocket(checked(holderId)),
        exportName: volumeId,
        deadline: inspectDeadline,
      });
      try {
        return await look({ size: client.size, readAt: client.read });
      } finally {
        await client.close();
      }
    },
    isFrozen: (holderId, snapshotIds) =>
      inTurn(checked(holderId), async () => {
        if (!daemons.isAlive(holderId)) return false;
        const graph = await readGraph(await daemons.qmp(holderId));
        return snapshotIds.every(snapshotId => isFrozen(graph, snapshotId));
      }),
    freeze: (holderId, targets, hasManifest) =>
      inTurn(checked(holderId), async () => {
        const bases = await freezeVolumes(
          await daemons.qmp(holderId),
          targets,
          hasManifest,
          (snapshotId, size) => files.createFleece(holderId, snapshotId, size),
        );
        return targets.map((target, index) =>
          frozenVolume(target, bases[index]!, daemons.nbdSocket(holderId), durable =>
            inTurn(holderId, () => release(holderId, target, durable)),
          ),
        );
      }),
  };
}

/** Holder ids become file names. */
function checked(holderId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,40}$/.test(holderId))
    throw new Error(`'${holderId}' cannot name a holder: use letters, digits and dashes`);
  return holderId;
}
