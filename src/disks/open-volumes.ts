import type { QmpClient } from '../qmp/client.ts';
import { readGraph } from './block-graph.ts';
import type { OpenVolume, VolumeSpec } from './disk.ts';

/**
 * The block server may be restarting. After this many seconds without it a guest's read would fail and ruin its file
 * system: a day is longer than any repair.
 */
const reconnectDelay = 86_400;
/** Seconds to wait for the block server when a volume is opened, and the deadline of the QMP command that does. */
const openTimeout = 10;
const addDeadline = (openTimeout + 5) * 1000;

const volumeExport = (volumeId: string) => `x-${volumeId}`;

/** Makes a storage daemon serve the volumes it does not serve yet. */
export async function openVolumes(
  qmp: QmpClient,
  volumes: readonly VolumeSpec[],
  where: { overlay(volumeId: string): string; blocksSocket: string; nbdSocket: string },
): Promise<OpenVolume[]> {
  const graph = await readGraph(qmp);
  for (const { volumeId, snapshotId } of volumes) {
    const base = `base-${volumeId}`;
    if (snapshotId !== undefined && !graph.nodes.has(base))
      await qmp.execute('blockdev-add', baseNode(base, where.blocksSocket, snapshotId), addDeadline);
    if (!graph.nodes.has(volumeId))
      await qmp.execute(
        'blockdev-add',
        overlayNode(volumeId, where.overlay(volumeId), snapshotId === undefined ? null : base),
        addDeadline,
      );
    if (!graph.exports.has(volumeExport(volumeId)))
      await qmp.execute('block-export-add', {
        type: 'nbd',
        id: volumeExport(volumeId),
        'node-name': volumeId,
        name: volumeId,
        writable: true,
      });
  }
  return volumes.map(({ volumeId }) => ({ volumeId, socketPath: where.nbdSocket, exportName: volumeId }));
}

function baseNode(nodeName: string, path: string, snapshotId: string) {
  return {
    driver: 'nbd',
    'node-name': nodeName,
    'read-only': true,
    server: { type: 'unix', path },
    export: snapshotId,
    'reconnect-delay': reconnectDelay,
    'open-timeout': openTimeout,
  };
}

function overlayNode(volumeId: string, filename: string, backing: string | null) {
  return {
    driver: 'qcow2',
    'node-name': volumeId,
    file: { driver: 'file', filename, discard: 'unmap' },
    backing,
    discard: 'unmap',
  };
}
