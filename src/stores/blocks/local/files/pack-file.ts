import { type FileHandle, open } from 'node:fs/promises';
import { MalformedFile } from '../formats/byte-reader.ts';
import type { PackFile } from './pack-storage.ts';

/** A pack that is being written, in a file of this machine. */
export function packFile(file: FileHandle): PackFile {
  return {
    async write(bytes, offset) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    },
    sync: () => file.datasync(),
    async seal() {
      await file.sync();
      await file.close();
    },
    async abandon() {
      await file.close().catch(() => undefined);
    },
  };
}

/** A piece of a file, in a Buffer that begins its ArrayBuffer. @throws MalformedFile when it ends before */
export async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0)
      throw new MalformedFile(`File ends at byte ${offset + done}, inside what was asked for`);
    done += bytesRead;
  }
  return bytes;
}

/** As `readExactly`, of a file that is open for this read alone. */
export async function readFrom(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    return await readExactly(file, offset, length);
  } finally {
    await file.close();
  }
}
