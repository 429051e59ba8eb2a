import type { QmpClient } from '../qmp/client.ts';
import { readGraph, removeExport } from './block-graph.ts';
import type { OpenVolume, VolumeSpec } from './disk.ts';
import { isViewed } from './frozen-views.ts';

/**
 * The block server may be restarting. After this many seconds without it a guest's read would fail and ruin its file
 * system: a day is longer than any repair.
 */
const reconnectDelay = 86_400;
/** Seconds to wait for the block server when a volume is opened, and the deadline of the QMP command that does. */
const openTimeout = 10;
const addDeadline = (openTimeout + 5) * 1000;

const volumeExport = (volumeId: string) => `x-${volumeId}`;
const baseName = (volumeId: string) => `base-${volumeId}`;

/** Makes a storage daemon serve the volumes it does not serve yet. */
export async function openVolumes(
  qmp: QmpClient,
  volumes: readonly VolumeSpec[],
  where: { overlay(volumeId: string): string; blocksSocket: string; nbdSocket: string },
): Promise<OpenVolume[]> {
  const graph = await readGraph(qmp);
  for (const { volumeId, snapshotId } of volumes) {
    const base = baseName(volumeId);
    if (snapshotId !== undefined && !graph.nodes.has(base))
      await qmp.execute('blockdev-add', baseNode(base, where.blocksSocket, snapshotId), addDeadline);
    if (!graph.nodes.has(volumeId))
      await qmp.execute(
        'blockdev-add',
        overlayNode(volumeId, where.overlay(volumeId), snapshotId === undefined ? null : base),
        addDeadline,
      );
    if (!graph.exports.has(volumeExport(volumeId))) await addExport(qmp, volumeId);
  }
  return volumes.map(({ volumeId }) => ({ volumeId, socketPath: where.nbdSocket, exportName: volumeId }));
}

/** Ends what a daemon serves of a volume: its overlay is flushed, with its bitmaps. A frozen one is in use, and stays. */
export async function closeVolume(qmp: QmpClient, volumeId: string): Promise<void> {
  const graph = await readGraph(qmp);
  if (isViewed(graph, volumeId)) throw new Error(`${volumeId} is being read for a snapshot`);
  if (graph.exports.has(volumeExport(volumeId))) await removeExport(qmp, volumeExport(volumeId));
  for (const node of [volumeId, baseName(volumeId)])
    if (graph.nodes.has(node)) await qmp.execute('blockdev-del', { 'node-name': node });
}

/** Grows a volume that is open. A daemon allows that only while it is not exported, and tells no reader. */
export async function growVolume(qmp: QmpClient, { volumeId, size }: VolumeSpec): Promise<void> {
  const graph = await readGraph(qmp);
  const present = graph.nodes.get(volumeId);
  if (present === undefined) throw new Error(`${volumeId} is not open`);
  if (present > size) throw new Error(`${volumeId} cannot shrink from ${present} to ${size} bytes`);
  if (isViewed(graph, volumeId)) throw new Error(`${volumeId} is being read for a snapshot`);
  if (graph.exports.has(volumeExport(volumeId))) await removeExport(qmp, volumeExport(volumeId));
  try {
    if (present < size) await qmp.execute('block_resize', { 'node-name': volumeId, size }, addDeadline);
  } finally {
    await addExport(qmp, volumeId);
  }
}

async function addExport(qmp: QmpClient, volumeId: string): Promise<void> {
  await qmp.execute('block-export-add', {
    type: 'nbd',
    id: volumeExport(volumeId),
    'node-name': volumeId,
    name: volumeId,
    writable: true,
  });
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
