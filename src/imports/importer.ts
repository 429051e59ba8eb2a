import type { Extent } from '../disks/disk.ts';
import type { ImportFormat } from '../domain/import-task.ts';

/**
 * Brings disks in from URLs. What was fetched is kept under the import task's id, also over a restart, until it is
 * removed. URLs and files are hostile: an implementation reaches no address and reads no file it is not meant to.
 */
export interface Importer {
  /**
   * Fetches the file whole; one that has arrived is not fetched again. `onProgress` is told the portion done, 0 to 1,
   * about every second also while nothing arrives.
   * @throws ImportRefused; the signal's reason once that is aborted
   */
  fetch(
    importTaskId: string,
    url: string,
    options: { signal: AbortSignal; onProgress(portion: number): Promise<void> },
  ): Promise<{ fileSize: number }>;
  /** Opens the disk in a fetched file, for one reader at a time. @throws ImportRefused for what is no such disk */
  open(importTaskId: string, format: ImportFormat): Promise<ImportedDisk>;
  /** Import tasks of which something is kept. */
  list(): Promise<string[]>;
  /** Forgets what was fetched, whole or not. Absent is no error. */
  remove(importTaskId: string): Promise<void>;
}

export interface ImportedDisk {
  /** Bytes. */
  readonly size: number;
  /** Where it may hold something: ascending; all else reads as zeroes. */
  allocated(): Promise<Extent[]>;
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Never to be had from this URL, or not as this format: the message is for the caller and says why. */
export class ImportRefused extends Error {
  override name = 'ImportRefused';
}
