import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { growQcow2, virtualSize } from './qcow2-size.ts';

const run = promisify(execFile);

/** The files of a region's volumes: an overlay per volume, and beside it what a frozen view has set aside. */
export interface OverlayFiles {
  overlay(volumeId: string): string;
  fleece(holderId: string, snapshotId: string): string;
  /** Makes the empty overlay unless it is there. */
  createOverlay(volumeId: string, size: number): Promise<void>;
  /** Makes the overlay, which nobody has open, that large; nothing is done to one that is. */
  growOverlay(volumeId: string, size: number): Promise<void>;
  removeOverlay(volumeId: string): Promise<void>;
  /** Volume ids whose overlay exists. */
  list(): Promise<string[]>;
  /** Makes the empty file a frozen view sets old clusters aside in. */
  createFleece(holderId: string, snapshotId: string, size: number): Promise<string>;
  removeFleece(holderId: string, snapshotId: string): Promise<void>;
  /** Removes the fleeces of holders that are not alive. */
  sweepFleeces(isAlive: (holderId: string) => boolean): Promise<void>;
}

const overlayName = /^(vol-[0-9a-f]+)\.qcow2$/;
const fleeceName = /^fleece-(.+)-(snap-[0-9a-f]+)\.qcow2$/;

export function overlayFiles(folder: string, qemuImg: string): OverlayFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const overlay = (volumeId: string) => join(folder, `${volumeId}.qcow2`);
  const fleece = (holderId: string, snapshotId: string) =>
    join(folder, `fleece-${holderId}-${snapshotId}.qcow2`);

  /** No backing file is written into the header: the base is named when it is opened, so that sockets can move. */
  const createQcow2 = (path: string, size: number) =>
    run(qemuImg, [
      'create',
      '-q',
      '-f',
      'qcow2',
      '-o',
      'cluster_size=64k,preallocation=off',
      path,
      `${size}`,
    ]);

  return {
    overlay,
    fleece,
    async createOverlay(volumeId, size) {
      if ((await readdir(folder)).includes(`${volumeId}.qcow2`)) return;
      const temporary = `${overlay(volumeId)}.new`;
      await createQcow2(temporary, size);
      await sync(temporary);
      await rename(temporary, overlay(volumeId));
      await sync(folder);
    },
    async growOverlay(volumeId, size) {
      const path = overlay(volumeId);
      const present = await virtualSize(path);
      if (present === size) return;
      if (present > size) throw new Error(`${volumeId} cannot shrink from ${present} to ${size} bytes`);
      await growQcow2(qemuImg, path, size);
      await sync(path);
    },
    async removeOverlay(volumeId) {
      await rm(overlay(volumeId), { force: true });
      await rm(`${overlay(volumeId)}.new`, { force: true });
    },
    async list() {
      return (await readdir(folder)).flatMap(name => overlayName.exec(name)?.[1] ?? []).sort();
    },
    async createFleece(holderId, snapshotId, size) {
      const path = fleece(holderId, snapshotId);
      await rm(path, { force: true });
      await createQcow2(path, size);
      return path;
    },
    async removeFleece(holderId, snapshotId) {
      await rm(fleece(holderId, snapshotId), { force: true });
    },
    async sweepFleeces(isAlive) {
      for (const name of await readdir(folder)) {
        const holderId = fleeceName.exec(name)?.[1];
        if (holderId !== undefined && !isAlive(holderId)) await unlink(join(folder, name));
      }
    },
  };
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
