/** A registry file with one path of keys and text values at its end, for tests. */
import { keyHash } from '../../src/inspection/registry-layout.ts';

export function registryFile(
  path: readonly string[],
  values: Record<string, string>,
  kind: 'lh' | 'lf' | 'li' | 'ri' = 'lh',
) {
  const cells: Buffer[] = [];
  let at = 32;
  const add = (data: Buffer): number => {
    const cell = Buffer.alloc(Math.ceil((4 + data.length) / 8) * 8);
    cell.writeInt32LE(-cell.length);
    data.copy(cell, 4);
    cells.push(cell);
    at += cell.length;
    return at - cell.length;
  };
  const u32 = (...numbers: number[]) => Buffer.from(Uint32Array.from(numbers).buffer);
  const u16 = (...numbers: number[]) => Buffer.from(Uint16Array.from(numbers).buffer);

  const value = ([name, data]: [string, string]) => {
    const bytes = Buffer.from(`${data}\0`, 'utf16le');
    const small = bytes.length <= 4;
    const place = small ? bytes.readUInt32LE() : add(bytes);
    const size = small ? (0x80000000 | bytes.length) >>> 0 : bytes.length;
    return add(
      Buffer.concat([Buffer.from('vk'), u16(name.length), u32(size, place, 1), u16(1, 0), Buffer.from(name)]),
    );
  };
  const key = (
    name: string,
    subkeys: readonly [count: number, at: number],
    list: readonly [count: number, at: number],
  ) => {
    const cell = Buffer.alloc(76);
    cell.write('nk');
    cell.writeUInt16LE(0x20, 2);
    cell.writeUInt32LE(subkeys[0], 20);
    cell.writeUInt32LE(subkeys[1], 28);
    cell.writeUInt32LE(list[0], 36);
    cell.writeUInt32LE(list[1], 40);
    cell.writeUInt16LE(name.length, 72);
    return add(Buffer.concat([cell, Buffer.from(name)]));
  };
  const listOf = (...keys: [name: string, at: number][]): number => {
    const head = (mark: string, count: number) => Buffer.concat([Buffer.from(mark), u16(count)]);
    if (kind === 'ri')
      return add(
        Buffer.concat([
          head('ri', keys.length),
          u32(...keys.map(([, place]) => add(Buffer.concat([head('li', 1), u32(place)])))),
        ]),
      );
    const entries = keys.map(([name, place]) =>
      kind === 'li' ? u32(place) : u32(place, kind === 'lh' ? keyHash(name) : 0),
    );
    return add(Buffer.concat([head(kind, keys.length), ...entries]));
  };

  const places = Object.entries(values).map(value);
  let below = key(path.at(-1)!, [0, 0], [places.length, add(u32(...places))]);
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const other = key('another', [0, 0], [0, 0]);
    const list = listOf(['another', other], [path[depth]!, below]);
    below = key(depth === 0 ? 'ROOT' : path[depth - 1]!, [2, list], [0, 0]);
  }
  const header = Buffer.alloc(4096 + 32);
  header.write('regf');
  header.writeUInt32LE(below, 36);
  return Buffer.concat([header, ...cells]);
}
