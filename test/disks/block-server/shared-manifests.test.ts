import { expect, test } from 'vitest';
import { sharedManifests } from '../../../src/disks/block-server/shared-manifests.ts';
import type { Manifest } from '../../../src/stores/blocks/block-store.ts';
import { memoryBlockStore } from '../../../src/stores/blocks/memory.ts';

const settled = () => new Promise(resolve => setImmediate(resolve));

async function stage() {
  const store = memoryBlockStore();
  const opened: string[] = [];
  const closed: string[] = [];
  const shared = sharedManifests({
    has: store.hasManifest,
    async openManifest(snapshotId) {
      opened.push(snapshotId);
      const manifest = await store.openManifest(snapshotId);
      const close = async () => {
        closed.push(snapshotId);
      };
      return manifest && ({ ...manifest, close } satisfies Manifest);
    },
  });
  for (let i = 0; i < 8; i++)
    await (await store.openSession('s', 'd')).commit({ snapshotId: `snap-${i}`, volumeSize: 0 });
  return { store, shared, opened, closed };
}

test('connections to one snapshot share an open manifest, also the next one', async () => {
  const { shared, opened, closed } = await stage();
  const [one, two] = await Promise.all([shared.acquire('snap-0'), shared.acquire('snap-0')]);
  expect(one!.manifest).toBe(two!.manifest);
  one!.release();
  two!.release();
  (await shared.acquire('snap-0'))!.release();
  expect([opened, closed]).toEqual([['snap-0'], []]);
});

test('a manifest in use stays open, and of the others only the last few', async () => {
  const { shared, closed } = await stage();
  const used = await shared.acquire('snap-0');
  for (let i = 1; i < 8; i++) (await shared.acquire(`snap-${i}`))!.release();
  await settled();
  expect(closed).toEqual(['snap-1', 'snap-2', 'snap-3']);
  used!.release();
  await settled();
  expect(closed).toEqual(['snap-1', 'snap-2', 'snap-3', 'snap-0']);
});

test('a deleted manifest is not given to a new connection', async () => {
  const { store, shared } = await stage();
  const used = await shared.acquire('snap-0');
  await store.deleteManifest('snap-0');
  expect(await shared.acquire('snap-0')).toBeUndefined();
  used!.release();
});
