import type { ImportFormat } from '../domain/import-task.ts';
import { type Importer, ImportRefused } from './importer.ts';

export interface MemoryImporter extends Importer {
  /** Has a URL answer a raw disk. */
  serve(url: string, disk: Buffer): void;
  /** Has it answer nothing any more. */
  unserve(url: string): void;
}

/** Disks of made-up URLs, for tests. What was fetched outlives whoever fetched it, as files do. */
export function memoryImporter(): MemoryImporter {
  const served = new Map<string, Buffer>();
  const fetched = new Map<string, Buffer>();
  return {
    serve: (url, disk) => void served.set(url, disk),
    unserve: url => void served.delete(url),
    async fetch(importTaskId, url, { signal, onProgress }) {
      signal.throwIfAborted();
      const disk = fetched.get(importTaskId) ?? served.get(url);
      if (!disk) throw new ImportRefused('The server answered 404.');
      await onProgress(0.5);
      signal.throwIfAborted();
      fetched.set(importTaskId, disk);
      return { fileSize: disk.length };
    },
    async open(importTaskId: string, format: ImportFormat) {
      const disk = fetched.get(importTaskId);
      if (!disk) throw new Error(`Nothing was fetched for ${importTaskId}`);
      if (format !== 'RAW') throw new ImportRefused(`The file is no ${format} disk.`);
      return {
        size: disk.length,
        allocated: async () => [{ offset: 0, length: disk.length }],
        read: async (offset, length) => Buffer.from(disk.subarray(offset, offset + length)),
        async close() {},
      };
    },
    list: async () => [...fetched.keys()],
    async remove(importTaskId) {
      fetched.delete(importTaskId);
    },
  };
}
