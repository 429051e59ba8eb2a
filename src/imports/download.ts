import { type FileHandle, open, statfs } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { requestFile } from './connection.ts';
import { ImportRefused } from './importer.ts';

export interface DownloadOptions {
  mayReach(address: string): boolean;
  signal: AbortSignal;
  /** Told about every second, the portion done: 0 to 1. */
  onProgress(portion: number): Promise<void>;
  /** Bytes; larger files are refused. */
  largest: number;
  /** Milliseconds in which something has to come. */
  idleTimeout?: number;
  /** Milliseconds in which all has to come. */
  timeout?: number;
  /** Bytes of the disk that are left for others. */
  reserve?: number;
}

const tries = 3;
const day = 24 * 3_600_000;
const GiB = 1024 ** 3;
/** The disk's free space is looked at again after so many bytes. */
const checkEvery = 64 * 1024 ** 2;

/**
 * Fetches a URL into a file, durably, zeroes as holes; a broken transfer begins anew, twice. Returns its bytes.
 * @throws ImportRefused, or the signal's reason
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<number> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeout ?? day)]);
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryOnce(url, path, { ...options, signal });
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof ImportRefused || isLocal(error)) throw error;
      if (signal.aborted) throw new ImportRefused('The download took too long.');
      if (attempt === tries) throw new ImportRefused(`The download failed: ${reasonOf(error)}`);
    }
  }
}

async function tryOnce(url: string, path: string, options: DownloadOptions): Promise<number> {
  const { largest, onProgress, reserve = GiB } = options;
  const response = await requestFile(url, { idleTimeout: 60_000, ...options });
  const failed = new AbortController();
  const stop = (error: unknown) => {
    failed.abort(error);
    response.destroy(error as Error);
  };
  const length = lengthOf(response);
  if (length !== undefined && length > largest) stop(tooLarge(largest));
  if (length !== undefined && length > (await freeSpace(path)) - reserve) stop(noSpace());
  let received = 0;
  const telling = setInterval(() => {
    onProgress(length ? received / length : 0).catch(stop);
  }, 1000);
  const file = await open(path, 'w', 0o600);
  try {
    failed.signal.throwIfAborted();
    let checked = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (received + chunk.length > largest) throw tooLarge(largest);
      if (received - checked >= checkEvery) {
        checked = received;
        if ((await freeSpace(path)) < reserve) throw noSpace();
      }
      await writeUnlessZero(file, chunk, received);
      received += chunk.length;
    }
    failed.signal.throwIfAborted();
    if (length !== undefined && received !== length)
      throw new Error(`It ended after ${received} of ${length} bytes.`);
    await file.truncate(received);
    await file.sync();
    return received;
  } catch (error) {
    failed.signal.throwIfAborted();
    if (!isAborted(error) || options.signal.aborted) throw error;
    throw new Error(`It ended after ${received}${length === undefined ? '' : ` of ${length}`} bytes.`);
  } finally {
    clearInterval(telling);
    response.destroy();
    await file.close();
  }
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** A disk's empty parts come as zeroes: they need not take space here. */
async function writeUnlessZero(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  if (zeroes.subarray(0, bytes.length).equals(bytes)) return;
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

const zeroes = Buffer.alloc(1024 ** 2);

async function freeSpace(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize;
}

/** The connection was cut: the other side broke off. */
const isAborted = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
/** Our own disk's trouble is the operator's: it goes to the log, and the job is tried again. */
const isLocal = (error: unknown) =>
  error instanceof Error &&
  'syscall' in error &&
  /^(open|write|ftruncate|fsync|statfs)$/.test(`${error.syscall}`);

/** What the network said, without addresses it may have led to. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? String(error.code) : undefined;
  const sentences: Readonly<Record<string, string>> = {
    ENOTFOUND: 'The name of the server is not known.',
    EAI_AGAIN: 'The name of the server could not be looked up.',
    ECONNREFUSED: 'The server refused the connection.',
    ECONNRESET: 'The server broke the connection off.',
    ETIMEDOUT: 'The server did not answer.',
  };
  return (code !== undefined && sentences[code]) || (code === undefined ? error.message : `${code}.`);
}

const tooLarge = (largest: number) =>
  new ImportRefused(`The file is larger than ${Math.floor(largest / GiB)} GiB, the most that is fetched.`);
const noSpace = () =>
  new ImportRefused('The server of this region has too little free disk space for the file.');
