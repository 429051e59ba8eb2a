import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Importer, ImportRefused } from '../../src/imports/importer.ts';

/** An importer, and how its URLs are made to answer. */
export interface ImporterStage {
  importer: Importer;
  /** Has a new URL answer a file, until `unserve`. */
  serve(bytes: Buffer): string;
  unserve(url: string): void;
  remove(): Promise<void>;
}

const task = 'import-snap-00000000000000001';
const MiB = 1024 ** 2;

/** What every importer does. */
export function importerContract(open: () => Promise<ImporterStage>) {
  let stage: ImporterStage;
  beforeEach(async () => {
    stage = await open();
  });
  afterEach(() => stage.remove());

  const disk = Buffer.alloc(3 * MiB);
  disk.write('first', 0);
  disk.write('last', disk.length - 4);
  const options = (signal = new AbortController().signal) => ({ signal, onProgress: async () => {} });

  test('reads what a URL answered, where there is something', async () => {
    const { importer } = stage;
    expect(await importer.fetch(task, stage.serve(disk), options())).toEqual({ fileSize: disk.length });
    expect(await importer.list()).toEqual([task]);
    const opened = await importer.open(task, 'RAW');
    const seen = Buffer.alloc(opened.size);
    for (const { offset, length } of await opened.allocated())
      (await opened.read(offset, length)).copy(seen, offset);
    await opened.close();
    expect(seen.equals(disk)).toBe(true);
  });

  test('does not fetch again what has arrived, until it is removed', async () => {
    const { importer } = stage;
    const url = stage.serve(disk);
    await importer.fetch(task, url, options());
    stage.unserve(url);
    expect(await importer.fetch(task, url, options())).toEqual({ fileSize: disk.length });
    await importer.remove(task);
    await importer.remove(task);
    expect(await importer.list()).toEqual([]);
    await expect(importer.fetch(task, url, options())).rejects.toThrow(ImportRefused);
  });

  test('opens one disk again after it was closed', async () => {
    const { importer } = stage;
    await importer.fetch(task, stage.serve(disk), options());
    for (let time = 0; time < 2; time++) {
      const opened = await importer.open(task, 'RAW');
      expect((await opened.read(0, 512)).toString('latin1', 0, 5)).toBe('first');
      await opened.close();
    }
  });

  test('refuses a file of another format', async () => {
    const { importer } = stage;
    await importer.fetch(task, stage.serve(disk), options());
    await expect(importer.open(task, 'QCOW2')).rejects.toThrow(ImportRefused);
  });

  test('ends with its signal', async () => {
    const signal = AbortSignal.abort(new Error('the server stops'));
    await expect(stage.importer.fetch(task, stage.serve(disk), options(signal))).rejects.toThrow(
      'the server stops',
    );
  });
}
