import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ObjectSource } from './object-store.ts';

/** A file that does not change while it is read. */
export async function fileSource(path: string): Promise<ObjectSource> {
  const { size } = await stat(path);
  return { size, open: () => createReadStream(path) };
}

export function sourceOf(content: Uint8Array | ObjectSource): ObjectSource {
  if (!(content instanceof Uint8Array)) return content;
  return {
    size: content.length,
    async *open() {
      if (content.length > 0) yield content;
    },
  };
}

/** Reads it once. @throws RangeError when it does not have the bytes it says */
export async function digestOf(source: ObjectSource): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of exactly(source)) hash.update(chunk);
  return hash.digest('hex');
}

/** The bytes of a source. @throws RangeError when they are more or fewer than it says */
export async function* exactly(source: ObjectSource): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of source.open()) {
    done += chunk.length;
    if (done > source.size) break;
    yield chunk;
  }
  if (done !== source.size)
    throw new RangeError(
      `The content has ${done > source.size ? 'more' : done} bytes instead of ${source.size}`,
    );
}
