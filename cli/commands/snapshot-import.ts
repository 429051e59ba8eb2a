import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type ClientOptions, connect } from '../client.ts';
import { checkDisk } from '../image/check-disk.ts';
import { convertToRaw } from '../image/convert.ts';
import { importUrl, isUrl } from '../image/import-url.ts';
import { snapshotOf } from '../image/snapshot.ts';
import { print } from '../output.ts';
import { type Progress, progressOn } from '../progress.ts';

export interface SnapshotImportOptions extends ClientOptions {
  format: string;
  description?: string;
  force?: boolean;
  json?: boolean;
}

/** Makes a snapshot of a local disk, or has the server make one of the disk at a URL. */
export async function snapshotImport(file: string, options: SnapshotImportOptions): Promise<void> {
  const progress = progressOn(process.stderr);
  const snapshot = await (isUrl(file) ? fromUrl(file, options, progress) : fromFile(file, options, progress));
  progress.end();
  print(options.json, snapshot, snapshot.snapshotId);
}

async function fromUrl(url: string, options: SnapshotImportOptions, progress: Progress) {
  const { ec2 } = await connect(options);
  return importUrl(url, { format: options.format, description: options.description }, ec2, progress);
}

async function fromFile(file: string, options: SnapshotImportOptions, progress: Progress) {
  const folder = await mkdtemp(join(tmpdir(), 'amity-import-'));
  try {
    const raw = options.format === 'raw' ? file : join(folder, 'disk.raw');
    if (raw !== file) await convertToRaw(file, options.format, raw, progress);
    const size = await checkDisk(raw, options.force);
    const clients = await connect(options);
    const description = options.description ?? `Imported from ${basename(file)}`;
    return await snapshotOf(raw, size, description, clients, progress);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
