import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { learn } from '../../../../src/stores/blocks/boot-profile.ts';
import { profileFiles } from '../../../../src/stores/blocks/local/files/profile-files.ts';
import { decodeProfile, encodeProfile } from '../../../../src/stores/blocks/local/formats/profile-format.ts';
import { openLocalBlockStore } from '../../../../src/stores/blocks/local/local-block-store.ts';

const pages = (first: number) => Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? first : 0));
const profile = learn(
  undefined,
  new Map([
    [70_000, pages(5)],
    [1, pages(255)],
  ]),
);

test('a profile is what the format says, byte for byte', () => {
  const bytes = encodeProfile('snap-1', profile);
  expect(bytes.subarray(0, -32).toString('hex')).toBe(
    ['414d495459505246', '0001', '0006', '736e61702d31', '0001', '00000002'].join('') +
      ['00011170', '0001', `05${'00'.repeat(15)}`, '00000001', '0001', `ff${'00'.repeat(15)}`].join(''),
  );
  expect(decodeProfile('snap-1', bytes)).toEqual(profile);
});

test('no damaged byte, and no end too early, is taken for a profile', () => {
  const bytes = encodeProfile('snap-1', profile);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1 << (at % 8);
    expect(() => decodeProfile('snap-1', damaged)).toThrow();
    expect(() => decodeProfile('snap-1', bytes.subarray(0, at))).toThrow();
  }
  expect(() => decodeProfile('snap-2', bytes)).toThrow(/that of snap-1/);
});

describe('profiles beside manifests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amity-profiles-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('a damaged one is as good as none', async () => {
    const files = profileFiles(folder);
    await files.write('snap-1', profile);
    const path = join(folder, 'snap-1.profile');
    writeFileSync(path, readFileSync(path).fill(0, 20, 30));
    expect(await files.read('snap-1')).toBeUndefined();
    writeFileSync(path, Buffer.alloc(1_000_000));
    expect(await files.read('snap-1')).toBeUndefined();
    await files.write('snap-1', profile);
    expect(await files.read('snap-1')).toEqual(profile);
  });

  test('a snapshot of a volume inherits that of its base, and it goes with its manifest', async () => {
    const store = await openLocalBlockStore({ folder, masterKey: Buffer.alloc(32, 1) });
    const files = profileFiles(join(folder, 'profiles'));
    const commit = async (snapshotId: string, base?: string) =>
      (await store.openSession(`for-${snapshotId}`, 'd')).commit({ snapshotId, volumeSize: 512, base });
    await commit('snap-1');
    await files.write('snap-1', profile);
    await commit('snap-2', 'snap-1');
    expect(await files.read('snap-2')).toMatchObject({ boots: 0, blocks: [{ index: 70_000 }, { index: 1 }] });
    await store.deleteManifest('snap-1');
    expect(await files.read('snap-1')).toBeUndefined();
    expect(await files.read('snap-2')).toBeDefined();
    await store.close();
  });
});
