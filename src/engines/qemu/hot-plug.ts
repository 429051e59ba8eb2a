/** Volumes that come to a guest, go from it or grow while it runs, over QMP. */
import { setTimeout as delay } from 'node:timers/promises';
import type { OpenVolume } from '../../disks/disk.ts';
import { type QmpClient, QmpError } from '../../qmp/client.ts';
import {
  diskNode,
  driveId,
  driveProperties,
  emptyNode,
  goneNode,
  hotPlugged,
  volumeOfGone,
} from './drive.ts';
import { freeBus } from './free-bus.ts';
import { isLetGo } from './unplug-device.ts';

/** Milliseconds. */
const linkPatience = 2_000;

interface Drive {
  /** The block node it is linked to. */
  node: string;
  /** Bytes. */
  size: number;
}

/** Plugs a volume in, unless it is. */
export async function plug(qmp: QmpClient, disk: OpenVolume): Promise<void> {
  const { volumeId } = disk;
  const drive = await findDrive(qmp, volumeId);
  if (drive?.node === goneNode(volumeId))
    throw new Error(`the guest has not let go of ${volumeId} yet, which was taken from it: reboot it`);
  if (drive) return;
  await removeNodes(qmp, volumeId);
  const bus = await freeBus(qmp);
  await qmp.execute('blockdev-add', diskNode(disk, volumeId));
  await qmp.execute('device_add', { ...driveProperties(volumeId, volumeId), bus, ...hotPlugged });
}

/**
 * Asks the guest to let go of a volume. One that still boots, hangs, or has no PCI hot plug does not answer; with `force`
 * it is left with a device that forgets everything, until it lets go of that or is reset.
 * @returns whether the volume is free.
 */
export async function unplug(
  qmp: QmpClient,
  volumeId: string,
  { timeoutMs, force }: { timeoutMs: number; force: boolean },
): Promise<boolean> {
  const drive = await findDrive(qmp, volumeId);
  if (drive?.node === goneNode(volumeId)) return true;
  if (drive && !(await isLetGo(qmp, driveId(volumeId), timeoutMs))) {
    if (!force) return false;
    await qmp.execute('blockdev-add', emptyNode(volumeId, drive.size));
    await link(qmp, volumeId, goneNode(volumeId));
  }
  await removeNodes(qmp, volumeId);
  return true;
}

/** See `Engine.resizeDisk`. */
export async function resizeDrive(
  qmp: QmpClient,
  disk: OpenVolume & { size: number },
  resize: () => Promise<void>,
): Promise<void> {
  const { volumeId, size } = disk;
  const drive = await findDrive(qmp, volumeId);
  if (!drive) throw new Error(`the guest has no ${volumeId}`);
  await qmp.execute('stop');
  try {
    await resize();
  } finally {
    // Whatever became of it, the export may be another one, to which the old link does not lead.
    const node = await freeNode(qmp, volumeId);
    await qmp.execute('blockdev-add', diskNode(disk, node));
    await link(qmp, volumeId, node);
    await removeNodes(qmp, volumeId, node);
    await qmp.execute('cont');
  }
  // It has that size already: the device is told to look.
  await qmp.execute('block_resize', { 'node-name': await nodeOf(qmp, volumeId), size });
}

/** Sizes of the volumes that were taken from a guest which has not let go of their devices yet. */
export async function goneDrives(qmp: QmpClient): Promise<Record<string, number>> {
  const blocks = await qmp.execute<BlockInfo[]>('query-block');
  const gone = blocks.flatMap(({ inserted }) => {
    const volumeId = volumeOfGone(inserted?.['node-name'] ?? '');
    return volumeId === undefined ? [] : [[volumeId, inserted!.image['virtual-size']] as const];
  });
  return Object.fromEntries(gone);
}

/** Links a device to another node; QEMU does not survive being given the one it has. */
async function link(qmp: QmpClient, volumeId: string, node: string): Promise<void> {
  if ((await nodeOf(qmp, volumeId)) === node) return;
  const path = `/machine/peripheral/${driveId(volumeId)}`;
  await qmp.execute('qom-set', { path, property: 'drive', value: node });
}

async function nodeOf(qmp: QmpClient, volumeId: string): Promise<string | undefined> {
  return (await findDrive(qmp, volumeId))?.node;
}

interface BlockInfo {
  /** E.g. `/machine/peripheral/disk-vol-1/virtio-backend`. */
  qdev?: string;
  inserted?: { 'node-name'?: string; image: { 'virtual-size': number } };
}

async function findDrive(qmp: QmpClient, volumeId: string): Promise<Drive | undefined> {
  const id = driveId(volumeId);
  const blocks = await qmp.execute<BlockInfo[]>('query-block');
  const block = blocks.find(({ qdev }) => qdev?.split('/').includes(id));
  if (!block?.inserted?.['node-name']) return undefined;
  return { node: block.inserted['node-name'], size: block.inserted.image['virtual-size'] };
}

/** The names of a volume's links: its id, and `ID-N` after it was linked anew. */
async function nodesOf(qmp: QmpClient, volumeId: string): Promise<string[]> {
  const nodes = await qmp.execute<Array<{ 'node-name'?: string }>>('query-named-block-nodes', { flat: true });
  const names = nodes.map(node => node['node-name'] ?? '');
  return names.filter(name => name === volumeId || name.startsWith(`${volumeId}-`));
}

async function freeNode(qmp: QmpClient, volumeId: string): Promise<string> {
  const taken = await nodesOf(qmp, volumeId);
  for (let n = 2; ; n++) if (!taken.includes(`${volumeId}-${n}`)) return `${volumeId}-${n}`;
}

/** Removes links that lead to no device. One that has just gone keeps its link for a moment. */
async function removeNodes(qmp: QmpClient, volumeId: string, kept?: string): Promise<void> {
  const deadline = Date.now() + linkPatience;
  for (const name of await nodesOf(qmp, volumeId))
    while (name !== kept) {
      try {
        await qmp.execute('blockdev-del', { 'node-name': name });
        break;
      } catch (error) {
        if (!(error instanceof QmpError && error.message.includes('in use')) || Date.now() > deadline)
          throw error;
        await delay(20);
      }
    }
}
