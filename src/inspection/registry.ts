import { type ByteSource, Unreadable } from './byte-source.ts';
import {
  decodeKey,
  decodeKeyList,
  decodeRegistryHeader,
  decodeValue,
  keyHash,
  type RegistryKey,
} from './registry-layout.ts';

const headerSize = 4096;
const largestCell = 64 * 1024;
const mostValues = 1024;

/**
 * The text values of one key of a Windows registry file, by name; undefined where there is no such key. What its log
 * would still change is not there. @throws Unreadable
 */
export async function readRegistryKey(
  file: ByteSource,
  path: readonly string[],
): Promise<Map<string, string> | undefined> {
  const cellAt = async (at: number): Promise<Buffer> => {
    const size = -(await file.readAt(headerSize + at, 4)).readInt32LE(0);
    if (size < 8 || size > largestCell) throw new Unreadable('its Windows registry is damaged');
    return file.readAt(headerSize + at + 4, size - 4);
  };

  const subkey = async ({ subkeys }: RegistryKey, name: string): Promise<RegistryKey | undefined> => {
    if (subkeys.count === 0) return undefined;
    const list = decodeKeyList(await cellAt(subkeys.at));
    const lists = list.lists ? await Promise.all(list.places.map(({ at }) => cellAt(at))) : [];
    const places = list.lists ? lists.flatMap(cell => decodeKeyList(cell).places) : list.places;
    const wanted = keyHash(name);
    for (const { at, hash } of places) {
      if (hash !== undefined && hash !== wanted) continue;
      const key = decodeKey(await cellAt(at));
      if (key.name.toLowerCase() === name.toLowerCase()) return key;
    }
    return undefined;
  };

  let key: RegistryKey | undefined = decodeKey(await cellAt(decodeRegistryHeader(await file.readAt(0, 512))));
  for (const name of path) {
    key = await subkey(key, name);
    if (!key) return undefined;
  }
  const values = new Map<string, string>();
  const count = Math.min(key.values.count, mostValues);
  const list = count > 0 ? await cellAt(key.values.at) : Buffer.alloc(0);
  for (let index = 0; index < count && index * 4 + 4 <= list.length; index++) {
    const { name, size, place } = decodeValue(await cellAt(list.readUInt32LE(index * 4)));
    const data = 'inline' in place ? place.inline : (await cellAt(place.at)).subarray(0, size);
    values.set(name, data.toString('utf16le').split('\0')[0]!);
  }
  return values;
}
