import { describe, expect, test } from 'vitest';
import { bufferSource, Unreadable } from '../../src/inspection/byte-source.ts';
import { readRegistryKey } from '../../src/inspection/registry.ts';
import { registryFile } from './registry-file.ts';

const path = ['Microsoft', 'Windows NT', 'CurrentVersion'];
const values = { ProductName: 'Windows Server 2022 Standard', CurrentBuildNumber: '20348', Short: '1' };

describe('a registry file', () => {
  test.each(['lh', 'lf', 'li', 'ri'] as const)(
    'with key lists of kind %s gives the values of a key',
    async kind => {
      const file = bufferSource(registryFile(path, values, kind));
      expect(Object.fromEntries((await readRegistryKey(file, path))!)).toEqual(values);
      expect(await readRegistryKey(file, ['microsoft', 'WINDOWS nt', 'currentversion'])).toHaveProperty(
        'size',
        3,
      );
      expect(await readRegistryKey(file, ['Microsoft', 'none'])).toBeUndefined();
      expect(await readRegistryKey(file, [...path, 'below'])).toBeUndefined();
    },
  );

  test('that is damaged is read within its bounds', async () => {
    const original = registryFile(path, values);
    let refused = 0;
    for (let at = 0; at < original.length; at++) {
      if (at > 64 && at < 4096) continue;
      for (const byte of [0, 0x7f, 0xff]) {
        const file = Buffer.from(original);
        file[at] = byte;
        await readRegistryKey(bufferSource(file), path).catch(error => {
          expect(error).toBeInstanceOf(Unreadable);
          refused++;
        });
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});
