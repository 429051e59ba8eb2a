import { beforeEach, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { inspectSnapshot } from '../../src/jobs/inspect-snapshot.ts';
import { BlockMissing, type BlockStore } from '../../src/stores/blocks/block-store.ts';
import { memoryBlockStore } from '../../src/stores/blocks/memory.ts';
import { fixture, mbrDisk } from '../support/disks.ts';
import { storeDisk } from '../support/manifests.ts';

let blocks: BlockStore;
let reads: number;
const disk = mbrDisk([
  { type: 0x83, contents: Buffer.alloc(blockSize) },
  { type: 0x83, contents: fixture('ext4') },
]);

beforeEach(() => {
  blocks = memoryBlockStore();
  reads = 0;
  const { read } = blocks;
  blocks.read = async reference => {
    reads++;
    return read(reference);
  };
});

test('a disk is inspected across the bounds of blocks, and each block is read once', async () => {
  await storeDisk(blocks, 'snap-1', disk);
  expect(await inspectSnapshot(blocks, 'snap-1')).toMatchObject({
    partitionTable: 'mbr',
    architecture: 'x86_64',
    bios: true,
    operatingSystem: { id: 'debian' },
  });
  expect(reads).toBeLessThanOrEqual(Math.ceil(disk.length / blockSize));
});

test('a volume with nothing on it costs no block', async () => {
  await storeDisk(blocks, 'snap-1', Buffer.alloc(0));
  expect(await inspectSnapshot(blocks, 'snap-1')).toEqual({ uefi: false });
  expect(reads).toBe(0);
});

test('a snapshot that is gone tells nothing', async () => {
  expect(await inspectSnapshot(blocks, 'snap-1')).toEqual({});
});

test('a block that is lost hides what it held, and is named', async () => {
  await storeDisk(blocks, 'snap-1', disk);
  const { read } = blocks;
  let first = true;
  blocks.read = async reference => {
    if (first) {
      first = false;
      return read(reference);
    }
    throw new BlockMissing(reference.domain, reference.digest, 'nowhere');
  };
  const facts = await inspectSnapshot(blocks, 'snap-1');
  expect(facts).toMatchObject({ partitionTable: 'mbr', bios: true });
  expect(facts.problem).toContain('is not in the store');
});

test('a store that fails otherwise is a problem of the facts, never of the snapshot', async () => {
  await storeDisk(blocks, 'snap-1', disk);
  blocks.read = async () => {
    throw new Error('the key is disabled');
  };
  expect(await inspectSnapshot(blocks, 'snap-1')).toEqual({ problem: 'the key is disabled' });
});
