import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { importAddresses } from './addresses.ts';
import { confinement } from './confinement.ts';
import { download } from './download.ts';
import { diskInFile } from './formats/disk-in-file.ts';
import type { FileReader } from './formats/file-reader.ts';
import type { Importer } from './importer.ts';
import { serveDisk } from './served-disk.ts';

export interface QemuImporterOptions {
  /** Fetched files are kept here, one folder for each task. */
  folder: string;
  /** For sockets: short and private. */
  runtimeFolder: string;
  qemuNbd: string;
  /** CIDR blocks that URLs may lead to though they are private. */
  allow: readonly string[];
  /** Bytes of the largest file that is fetched; 4 TiB unless said. */
  largest?: number;
}

/** Fetches files over HTTP and has QEMU read the disks in them. */
export function createQemuImporter(options: QemuImporterOptions): Importer {
  const { folder, runtimeFolder, qemuNbd, largest = 4 * 1024 ** 4 } = options;
  const mayReach = importAddresses(options.allow);
  const folderOf = (importTaskId: string) => join(folder, importTaskId);
  const fileOf = (importTaskId: string) => join(folderOf(importTaskId), 'disk');
  let confined: Promise<string[]> | undefined;

  return {
    async fetch(importTaskId, url, { signal, onProgress }) {
      const file = fileOf(importTaskId);
      const present = await stat(file).catch(() => undefined);
      if (present) return { fileSize: present.size };
      await mkdir(folderOf(importTaskId), { recursive: true, mode: 0o700 });
      const fileSize = await download(url, `${file}.part`, { mayReach, signal, onProgress, largest });
      await rename(`${file}.part`, file);
      return { fileSize };
    },
    async open(importTaskId, format) {
      const path = fileOf(importTaskId);
      const disk = await withFile(path, file => diskInFile(file, format));
      confined ??= confinement();
      return serveDisk(
        { ...disk, path },
        {
          qemuNbd,
          confinement: await confined,
          socket: join(runtimeFolder, importTaskId.replace('import-snap-', 'import-')),
        },
      );
    },
    list: () =>
      readdir(folder).catch(error => {
        if (error.code === 'ENOENT') return [];
        throw error;
      }),
    remove: importTaskId => rm(folderOf(importTaskId), { recursive: true, force: true }),
  };
}

async function withFile<Result>(path: string, work: (file: FileReader) => Promise<Result>): Promise<Result> {
  await using handle = await open(path, 'r');
  const { size } = await handle.stat();
  return await work({
    size,
    async read(offset, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
  });
}
