import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { firmwareOf, keepVariables } from '../../../src/engines/qemu/firmware.ts';

const mebibyte = 1024 * 1024;
let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amity-firmware-'));
  const template = Buffer.alloc(8 * mebibyte + 5);
  template.write('first');
  template.write('middle', 3 * mebibyte + 7);
  template.write('last!', 8 * mebibyte);
  writeFileSync(at('template'), template);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a guest begins with a copy of the firmware’s variables, which only its server’s user reads', async () => {
  await keepVariables(at('template'), at('own'));
  expect(readFileSync(at('own')).equals(readFileSync(at('template')))).toBe(true);
  expect(statSync(at('own')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(['own', 'template']);
});

test('what is zero takes no room', async () => {
  await keepVariables(at('template'), at('own'));
  expect(statSync(at('own')).blocks * 512).toBeLessThan(4 * mebibyte);
});

test('what the guest has written since stays', async () => {
  await keepVariables(at('template'), at('own'));
  writeFileSync(at('own'), 'boot entries');
  await keepVariables(at('template'), at('own'));
  expect(readFileSync(at('own'), 'utf8')).toBe('boot entries');
});

test('a copy that was killed half way is made anew', async () => {
  writeFileSync(at('own.new'), Buffer.alloc(9 * mebibyte, 1));
  await keepVariables(at('template'), at('own'));
  expect(readFileSync(at('own')).equals(readFileSync(at('template')))).toBe(true);
});

test('a guest of the BIOS has none', () => {
  expect(firmwareOf({ architecture: 'x86_64', firmware: 'legacy-bios' })).toBeUndefined();
});
