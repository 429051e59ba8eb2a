import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  hasMemory,
  type MemoryFile,
  readMemory,
  removeMemory,
  writeMemory,
} from '../../../../src/engines/qemu/memory/memory-file.ts';

let folder: string;
let file: MemoryFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amity-memory-'));
  file = { path: join(folder, 'memory'), instanceId: 'i-00000000000000001', key: randomBytes(32) };
});
afterEach(() => rmSync(folder, { recursive: true }));

const memory = Buffer.concat([randomBytes(3_000_000), Buffer.alloc(30_000_000), randomBytes(100)]);
const stream = () => Readable.from([memory.subarray(0, 1_000_000), memory.subarray(1_000_000)]);

test('a memory file gives back what was written, compressed, and is gone when removed', async () => {
  await writeMemory(file, { a: 1 }, stream(), Promise.resolve());
  expect(readFileSync(file.path).length).toBeLessThan(4_000_000);
  const { about, body, close } = await readMemory(file);
  expect(about).toEqual({ a: 1 });
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  expect(Buffer.concat(parts).equals(memory)).toBe(true);
  await close();
  expect(await hasMemory(file.path)).toBe(true);
  await removeMemory(file.path);
  await removeMemory(file.path);
  expect(readdirSync(folder)).toEqual([]);
});

test('memory that did not come whole leaves nothing behind', async () => {
  const failed = Promise.reject(new Error('migration failed'));
  failed.catch(() => undefined);
  await expect(writeMemory(file, {}, stream(), failed)).rejects.toThrow('migration failed');
  const broken = Readable.from(
    (async function* () {
      yield Buffer.alloc(10);
      throw new Error('connection lost');
    })(),
  );
  await expect(writeMemory(file, {}, broken, Promise.resolve())).rejects.toThrow('connection lost');
  expect(readdirSync(folder)).toEqual([]);
});

test('a damaged file is unusable, and one whose reader loses interest is closed', async () => {
  await writeMemory(file, {}, stream(), Promise.resolve());
  const bytes = readFileSync(file.path);
  bytes[bytes.length - 30]! ^= 1;
  writeFileSync(file.path, bytes);
  const whole = await readMemory(file);
  const read = async () => {
    for await (const _ of whole.body);
  };
  await expect(read()).rejects.toMatchObject({ name: 'MemoryUnusable' });
  await whole.close();
  const { body, close } = await readMemory(file);
  await body.next();
  await body.return(undefined);
  await close();
  expect(existsSync(file.path)).toBe(true);
});
