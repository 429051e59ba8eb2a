import { open } from 'node:fs/promises';
import { MalformedFile } from '../local/formats/byte-reader.ts';

/** A piece of a file, in a Buffer that begins its ArrayBuffer. @throws MalformedFile when it ends before */
export async function readExactly(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0)
        throw new MalformedFile(`File ends at byte ${offset + done}, inside what was asked for`);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
