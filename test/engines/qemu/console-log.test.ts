import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boundConsole, consoleTail, readConsole } from '../../../src/engines/qemu/console-log.ts';

let folder: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amity-console-'));
  log = join(folder, 'console.log');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a console log answers its last 64 KiB', async () => {
  expect(await readConsole(log)).toEqual(Buffer.alloc(0));
  writeFileSync(log, `${'a'.repeat(100_000)}end`);
  expect(await readConsole(log)).toEqual(Buffer.from(`${'a'.repeat(consoleTail - 3)}end`));
});

test('a console log that has grown too long is emptied, and its end is still answered', async () => {
  writeFileSync(log, `${'a'.repeat(100_000)}end`);
  await boundConsole(log, 200_000);
  expect(statSync(log).size).toBe(100_003);
  await boundConsole(log, 100_000);
  expect(statSync(log).size).toBe(0);
  expect((await readConsole(log)).toString().endsWith('aend')).toBe(true);
  appendFileSync(log, ' more');
  const answered = (await readConsole(log)).toString();
  expect(answered).toHaveLength(consoleTail);
  expect(answered.endsWith('aend more')).toBe(true);
});

test('bounding a log that is not there does nothing', async () => {
  await boundConsole(log);
  expect(await readConsole(log)).toEqual(Buffer.alloc(0));
});
