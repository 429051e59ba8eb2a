import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type ClientOptions, connect } from '../client.ts';
import { checkDisk } from '../image/check-disk.ts';
import { convertToRaw } from '../image/convert.ts';
import { snapshotOf } from '../image/snapshot.ts';
import { print } from '../output.ts';
import { progressOn } from '../progress.ts';

export interface SnapshotImportOptions extends ClientOptions {
  format: string;
  description?: string;
  force?: boolean;
  json?: boolean;
}

export async function snapshotImport(file: string, options: SnapshotImportOptions): Promise<void> {
  const progress = progressOn(process.stderr);
  const folder = await mkdtemp(join(tmpdir(), 'amity-import-'));
  try {
    const raw = options.format === 'raw' ? file : join(folder, 'disk.raw');
    if (raw !== file) await convertToRaw(file, options.format, raw, progress);
    const size = await checkDisk(raw, options.force);
    const clients = await connect(options);
    const description = options.description ?? `Imported from ${basename(file)}`;
    const snapshot = await snapshotOf(raw, size, description, clients, progress);
    progress.end();
    print(options.json, snapshot, snapshot.snapshotId);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
