import { cpSync, type PathLike, writeSync } from 'node:fs';
import promises, { type FileHandle, open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Image {
  /** A copy of the folder as a kill at this moment would have left it. */
  folder: string;
  /** What was about to happen, or just had. */
  moment: string;
}

type Callable = (this: unknown, ...words: never[]) => unknown;

/**
 * Calls `onMoment` with a copy of the folder before and after every change that a store makes to a file, to names, or to
 * its index, and in the middle of every write. The event loop stands still meanwhile, so that each copy is what `kill -9`
 * at that moment leaves to the next process. @returns what ends it
 */
export async function copyAtKillPoints(
  folder: string,
  images: string,
  onImage: (image: Image) => void,
): Promise<() => void> {
  let count = 0;
  const isOn = { it: true };
  const copy = (moment: string) => {
    if (!isOn.it) return;
    const target = join(images, String(++count));
    cpSync(folder, target, { recursive: true, force: true, errorOnExist: false });
    onImage({ folder: target, moment });
  };
  const undo: (() => void)[] = [];
  const around = <T extends object>(
    owner: T,
    name: keyof T & string,
    before?: (handle: T, words: unknown[]) => void,
  ) => {
    const original = owner[name] as Callable;
    const wrapped = function (this: T, ...words: never[]) {
      if (name === 'exec' && !String(words[0]).includes('COMMIT')) return original.apply(this, words);
      copy(`before ${name}`);
      before?.(this, words);
      const result = original.apply(this, words);
      if (result instanceof Promise)
        return result.then(value => {
          copy(`after ${name}`);
          return value;
        });
      copy(`after ${name}`);
      return result;
    };
    Object.assign(owner, { [name]: wrapped });
    undo.push(() => Object.assign(owner, { [name]: original }));
  };

  const probe = await open(folder as PathLike, 'r');
  const handles = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  around(handles, 'write', (handle, [bytes, from, length, position]) => {
    const half = Math.floor((length as number) / 2);
    if (half === 0) return;
    writeSync(handle.fd, bytes as Uint8Array, from as number, half, position as number);
    copy('in the middle of write');
  });
  for (const name of ['writeFile', 'truncate'] as const) around(handles, name);
  for (const name of ['rename', 'rm'] as const) around(promises, name);
  around(DatabaseSync.prototype, 'exec');
  syncBuiltinESMExports();
  return () => {
    isOn.it = false;
    for (const one of undo) one();
    syncBuiltinESMExports();
  };
}
