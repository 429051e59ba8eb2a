import { expect, test } from 'vitest';
import { bufferSource } from '../../src/inspection/byte-source.ts';
import type { NtfsFiles } from '../../src/inspection/ntfs.ts';
import { inspectWindows } from '../../src/inspection/windows.ts';
import { registryFile } from './registry-file.ts';

const path = ['Microsoft', 'Windows NT', 'CurrentVersion'];
const volume = (names: string[], registry?: Buffer): NtfsFiles => ({
  read: async () => undefined,
  list: async () => names,
  open: async () => registry && bufferSource(registry),
});
const named = async (registry?: Buffer) => (await inspectWindows(volume(['BOOTMGR'], registry))).system;

test('Windows 11 is called so, whatever its registry says', async () => {
  const values = (CurrentBuildNumber: string) => ({ ProductName: 'Windows 10 Pro', CurrentBuildNumber });
  expect(await named(registryFile(path, values('22631')))).toMatchObject({
    name: 'Windows 11 Pro',
    version: '22631',
  });
  expect((await named(registryFile(path, values('19045'))))?.name).toBe('Windows 10 Pro');
});

test('without a registry, or with one that is damaged, it is Windows all the same', async () => {
  const plain = { family: 'windows', name: 'Windows' };
  expect(await named()).toEqual(plain);
  expect(await named(Buffer.alloc(8192))).toEqual(plain);
  expect(await named(registryFile(path, {}))).toEqual(plain);
});

test('a volume with neither kernel nor boot manager is not Windows', async () => {
  expect(await inspectWindows(volume(['data']))).toEqual({ architectures: [] });
});
