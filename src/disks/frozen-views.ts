import type { QmpClient } from '../qmp/client.ts';
import {
  changedBitmap,
  frozenChange,
  granularity,
  otherSince,
  recordedSince,
  sinceBitmap,
} from './bitmaps.ts';
import { type BlockGraph, readGraph, removeBitmaps, removeExport, removeJob } from './block-graph.ts';
import type { VolumeSpec } from './disk.ts';

/** A volume to freeze, and the snapshot it is to become. */
export interface FreezeTarget {
  volume: VolumeSpec;
  snapshotId: string;
}

/** What a frozen view is relative to, and the bitmap that says where it differs, if one does. */
export interface FrozenBase {
  base: string | undefined;
  bitmap: string | undefined;
}

const fleeceNode = (snapshotId: string) => `fl-${snapshotId}`;
const fleeceJob = (snapshotId: string) => `bk-${snapshotId}`;
const fleeceExport = (snapshotId: string) => `x-${snapshotId}`;

/** A job that copies before write is in force in all of these states. */
const inForce = new Set(['created', 'running', 'paused', 'ready', 'standby']);
/** The daemon waits in the transaction for reads under way; with its base down, until the base is back. */
const transactionDeadline = 20_000;

export function isFrozen(graph: BlockGraph, snapshotId: string): boolean {
  return inForce.has(graph.jobs.get(fleeceJob(snapshotId)) ?? '');
}

/** Whether a view of the volume stands, as the bitmap that began with it says. */
export function isViewed(graph: BlockGraph, volumeId: string): boolean {
  return recordedSince(graph.bitmaps(volumeId)).some(snapshotId => isFrozen(graph, snapshotId));
}

/**
 * Freezes the targets at one point in time. Views that are there already are left as they are.
 * @throws when some of them are and some are not: they could not be of one moment.
 */
export async function freezeVolumes(
  qmp: QmpClient,
  targets: readonly FreezeTarget[],
  hasManifest: (snapshotId: string) => Promise<boolean>,
  createFleece: (snapshotId: string, size: number) => Promise<string>,
): Promise<FrozenBase[]> {
  const before = await readGraph(qmp);
  const missing = targets.filter(({ snapshotId }) => !isFrozen(before, snapshotId));
  if (missing.length > 0 && missing.length < targets.length)
    throw new Error(
      `${missing.map(target => target.snapshotId).join(', ')} cannot be frozen at a moment that has passed: ask for each view that still exists alone`,
    );
  if (missing.length > 0) {
    const actions: object[] = [];
    const marks: object[] = [];
    for (const target of targets) {
      const { base } = await chooseBase(qmp, before, target, hasManifest);
      await addFleece(qmp, before, target, createFleece);
      actions.push(copyBeforeWrite(target));
      marks.push(...markMoment(target, base));
    }
    // Beginning the copy drains a volume until the transaction ends: the marks after it see no write under way that
    // the view would contain and they would not.
    await qmp.execute(
      'transaction',
      { actions: [...actions, ...marks], properties: { 'completion-mode': 'individual' } },
      transactionDeadline,
    );
  }
  const after = await readGraph(qmp);
  return Promise.all(targets.map(target => exportView(qmp, after, target)));
}

/** Forgets bitmaps that no freeze can be relative to, and picks the snapshot with the least change since. */
async function chooseBase(
  qmp: QmpClient,
  graph: BlockGraph,
  { volume, snapshotId }: FreezeTarget,
  hasManifest: (snapshotId: string) => Promise<boolean>,
): Promise<{ base: string | undefined }> {
  const bitmaps = graph.bitmaps(volume.volumeId);
  // One of this very snapshot is from a daemon that has ended meanwhile.
  const recorded = recordedSince(bitmaps).filter(other => other !== snapshotId);
  const durable: string[] = [];
  for (const other of recorded) if (await hasManifest(other)) durable.push(other);
  const pending = recorded.filter(other => isFrozen(graph, other));
  await removeBitmaps(qmp, volume.volumeId, otherSince(bitmaps, new Set([...durable, ...pending])));
  return { base: durable[0] };
}

async function addFleece(
  qmp: QmpClient,
  graph: BlockGraph,
  { volume, snapshotId }: FreezeTarget,
  createFleece: (snapshotId: string, size: number) => Promise<string>,
): Promise<void> {
  // What an earlier attempt left, ended before its transaction or refused by it.
  await releaseView(qmp, graph, volume.volumeId, snapshotId);
  const filename = await createFleece(snapshotId, volume.size);
  await qmp.execute('blockdev-add', {
    driver: 'qcow2',
    'node-name': fleeceNode(snapshotId),
    file: { driver: 'file', filename, discard: 'unmap' },
    backing: volume.volumeId,
  });
}

function copyBeforeWrite({ volume, snapshotId }: FreezeTarget): object {
  return {
    type: 'blockdev-backup',
    data: {
      'job-id': fleeceJob(snapshotId),
      device: volume.volumeId,
      target: fleeceNode(snapshotId),
      sync: 'none',
      'auto-dismiss': false,
    },
  };
}

/** Starts to record what changes from this moment on, and keeps what has changed since `base` until it. */
function markMoment({ volume, snapshotId }: FreezeTarget, base: string | undefined): object[] {
  const node = volume.volumeId;
  const add = 'block-dirty-bitmap-add';
  const marks: object[] = [
    { type: add, data: { node, name: sinceBitmap(snapshotId), persistent: true, granularity } },
  ];
  if (base === undefined) return marks;
  const name = changedBitmap(snapshotId, base);
  return [
    ...marks,
    { type: add, data: { node, name, disabled: true, granularity } },
    { type: 'block-dirty-bitmap-merge', data: { node, target: name, bitmaps: [sinceBitmap(base)] } },
  ];
}

async function exportView(
  qmp: QmpClient,
  graph: BlockGraph,
  { volume, snapshotId }: FreezeTarget,
): Promise<FrozenBase> {
  const change = frozenChange(graph.bitmaps(volume.volumeId), snapshotId);
  if (!graph.exports.has(fleeceExport(snapshotId)))
    await qmp.execute('block-export-add', {
      type: 'nbd',
      id: fleeceExport(snapshotId),
      'node-name': fleeceNode(snapshotId),
      name: snapshotId,
      writable: false,
      'allocation-depth': true,
      bitmaps: change ? [{ node: volume.volumeId, name: change.name }] : [],
    });
  return { base: change?.base ?? volume.snapshotId, bitmap: change?.name };
}

/** The snapshot is durable: records of change since older ones are dropped, but for those of views still frozen. */
export async function keepSince(
  qmp: QmpClient,
  graph: BlockGraph,
  volumeId: string,
  snapshotId: string,
): Promise<void> {
  const bitmaps = graph.bitmaps(volumeId);
  if (!recordedSince(bitmaps).includes(snapshotId)) return;
  const pending = recordedSince(bitmaps).filter(other => isFrozen(graph, other));
  await removeBitmaps(qmp, volumeId, otherSince(bitmaps, new Set([snapshotId, ...pending])));
}

/** The snapshot failed: nothing is relative to it. Older records have gone on recording. */
export async function forgetSince(
  qmp: QmpClient,
  graph: BlockGraph,
  volumeId: string,
  snapshotId: string,
): Promise<void> {
  const names = graph.bitmaps(volumeId).map(({ name }) => name);
  await removeBitmaps(
    qmp,
    volumeId,
    names.filter(name => name === sinceBitmap(snapshotId)),
  );
}

/** Takes a view down as far as it is there: export, job, node, then the bitmap only it used. */
export async function releaseView(
  qmp: QmpClient,
  graph: BlockGraph,
  volumeId: string,
  snapshotId: string,
): Promise<void> {
  if (graph.exports.has(fleeceExport(snapshotId))) await removeExport(qmp, fleeceExport(snapshotId));
  const job = graph.jobs.get(fleeceJob(snapshotId));
  if (job !== undefined) await removeJob(qmp, fleeceJob(snapshotId), job);
  if (graph.nodes.has(fleeceNode(snapshotId)))
    await qmp.execute('blockdev-del', { 'node-name': fleeceNode(snapshotId) });
  const change = frozenChange(graph.bitmaps(volumeId), snapshotId);
  if (change) await removeBitmaps(qmp, volumeId, [change.name]);
}
