import { open } from 'node:fs/promises';

/** The last `bytes` of a file; empty when there is no such file. */
export async function tailOf(path: string, bytes: number): Promise<Buffer> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return Buffer.alloc(0);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What a process that failed said last, for an error's text. */
export async function lastWords(logFile: string): Promise<string> {
  return (await tailOf(logFile, 1024)).toString('utf8').trim() || 'it said nothing';
}
