import { rmSync } from 'node:fs';
import { lstat, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ClientOptions, connect } from '../client.ts';
import { Refusal } from '../errors.ts';
import { checkExportFormat, convertFromRaw } from '../image/convert.ts';
import { downloadDisk } from '../image/download.ts';
import { openSnapshot } from '../image/snapshot-reader.ts';
import { print } from '../output.ts';
import { progressOn } from '../progress.ts';

export interface SnapshotExportOptions extends ClientOptions {
  format: string;
  force?: boolean;
  json?: boolean;
}

/** Writes a snapshot to a local disk file, which appears whole or not at all. */
export async function snapshotExport(
  snapshotId: string,
  name: string,
  options: SnapshotExportOptions,
): Promise<void> {
  checkExportFormat(options.format);
  const file = resolve(name);
  await checkTarget(file, options.force);
  const clients = await connect(options);
  const progress = progressOn(process.stderr);
  const reader = await openSnapshot(clients.ebs, snapshotId);

  const folder = await drafts(file);
  try {
    progress.step(`Reading ${snapshotId}`);
    const raw = join(folder.path, 'disk.raw');
    const blocks = await downloadDisk(reader, raw, { onProgress: portion => progress.portion(portion) });
    const draft = options.format === 'raw' ? raw : join(folder.path, 'disk');
    if (draft !== raw) await convertFromRaw(raw, options.format, draft, progress);
    await checkTarget(file, options.force);
    await sync(draft);
    await rename(draft, file);
    await sync(dirname(file));
    progress.end();
    print(options.json, { snapshotId, file, format: options.format, blocks, size: reader.size }, file);
  } finally {
    await folder.remove();
  }
}

/** A folder beside the file, so that what is finished can be renamed to it; Ctrl-C removes it too. */
async function drafts(file: string) {
  const path = await mkdtemp(join(dirname(file), '.amity-export-'));
  const interrupted = (signal: NodeJS.Signals) => {
    rmSync(path, { recursive: true, force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    },
  };
}

/** @throws Refusal where the file cannot be, or must not be replaced. */
async function checkTarget(file: string, force = false): Promise<void> {
  const folder = await stat(dirname(file)).catch(() => undefined);
  if (!folder?.isDirectory()) throw new Refusal(`There is no folder ${dirname(file)}: make it first.`);
  const present = await lstat(file).catch(error => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (present && !present.isFile())
    throw new Refusal(`${file} is not a file: give the name of a file to write.`);
  if (present && !force) throw new Refusal(`${file} is there already: say --force to replace it.`);
}

/** Brings a file, or the names in a folder, to disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
