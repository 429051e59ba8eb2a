import { createHash } from 'node:crypto';
import type {
  GetSnapshotBlockRequest,
  ListChangedBlocksRequest,
  ListChangedBlocksResponse,
  ListSnapshotBlocksRequest,
  ListSnapshotBlocksResponse,
} from '@aws-sdk/client-ebs';
import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../../../src/domain/errors.ts';
import { blockSize } from '../../../src/domain/manifest.ts';
import type { Snapshot } from '../../../src/domain/snapshot.ts';
import { getSnapshotBlock } from '../../../src/operations/ebs/get-snapshot-block.ts';
import { listChangedBlocks } from '../../../src/operations/ebs/list-changed-blocks.ts';
import { listSnapshotBlocks } from '../../../src/operations/ebs/list-snapshot-blocks.ts';
import type { BlockStore } from '../../../src/stores/blocks/block-store.ts';
import { memoryBlockStore } from '../../../src/stores/blocks/memory.ts';
import { aSnapshot, hexId } from '../../support/records.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
let blocks: BlockStore;
const id = (n: number) => hexId('snap', n);
const day = 24 * 60 * 60_000;

const block = (fill: number) => Buffer.alloc(blockSize, fill);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');

/** A completed snapshot whose blocks are filled with a number each. */
async function put(n: number, filled: Record<number, number>, fields: Partial<Snapshot> = {}) {
  const record = aSnapshot({ snapshotId: id(n), volumeSize: 1, ...fields });
  const session = await blocks.openSession(id(n), `${record.ownerId}/default`);
  for (const [index, fill] of Object.entries(filled)) await session.put(Number(index), block(fill));
  await session.commit({ snapshotId: id(n), volumeSize: record.volumeSize * 1024 ** 3 });
  await region.records.transaction(async records => records.snapshots.put(record));
}
const change = (n: number, fields: Partial<Snapshot>) =>
  region.records.transaction(async records =>
    records.snapshots.put({ ...(await records.snapshots.get(id(n)))!, ...fields }),
  );

const list = (input: Partial<ListSnapshotBlocksRequest> = {}, account?: string) =>
  region.call<ListSnapshotBlocksResponse>(listSnapshotBlocks, { SnapshotId: id(1), ...input }, account);
const changed = (input: Partial<ListChangedBlocksRequest> = {}, account?: string) =>
  region.call<ListChangedBlocksResponse>(
    listChangedBlocks,
    { FirstSnapshotId: id(1), SecondSnapshotId: id(2), ...input },
    account,
  );
const get = (input: Partial<GetSnapshotBlockRequest>, account?: string) =>
  region.call<{ BlockData: Buffer; Checksum: string }>(
    getSnapshotBlock,
    { SnapshotId: id(1), BlockIndex: 0, ...input },
    account,
  );
const reasonOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ApiError ? [error.code, error.reason, error.status] : error;
};
const notFound = ['ResourceNotFoundException', 'SNAPSHOT_NOT_FOUND', 404];
const invalid = (reason: string) => ['ValidationException', reason, 400];

beforeEach(async () => {
  blocks = memoryBlockStore();
  region = testRegion({ blocks });
  await put(1, { 0: 1, 7: 2, 2047: 3 });
});

describe('ListSnapshotBlocks', () => {
  test('lists the written blocks in order, each with a token for a week', async () => {
    expect(await list()).toEqual({
      Blocks: [0, 7, 2047].map(BlockIndex => ({ BlockIndex, BlockToken: expect.any(String) })),
      ExpiryTime: new Date(region.time.getTime() + 7 * day),
      VolumeSize: 1,
      BlockSize: 524288,
      NextToken: undefined,
    });
    for (const { BlockToken } of (await list()).Blocks!)
      expect(BlockToken).toMatch(/^[A-Za-z0-9+/=]{1,256}$/);
  });

  test('begins at the first block at or after the starting index', async () => {
    const from = async (StartingBlockIndex: number) =>
      (await list({ StartingBlockIndex })).Blocks?.map(one => one.BlockIndex);
    expect(await from(7)).toEqual([7, 2047]);
    expect(await from(8)).toEqual([2047]);
    expect(await from(2048)).toEqual([]);
  });

  test('goes on where a page ended, whatever the starting index says then', async () => {
    await put(3, Object.fromEntries(Array.from({ length: 250 }, (_, index) => [index * 2, 1])));
    const seen: number[] = [];
    const lengths: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await list({ SnapshotId: id(3), MaxResults: 100, StartingBlockIndex: 2, NextToken });
      seen.push(...page.Blocks!.map(one => one.BlockIndex!));
      lengths.push(page.Blocks!.length);
      NextToken = page.NextToken;
    } while (NextToken);
    expect(lengths).toEqual([100, 100, 49]);
    expect(seen).toEqual(Array.from({ length: 249 }, (_, index) => index * 2 + 2));
  });

  test('lists a thousand blocks when it is not told how many', async () => {
    await put(3, Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [index, 1])));
    const page = await list({ SnapshotId: id(3) });
    expect([page.Blocks?.length, page.NextToken]).toEqual([1000, expect.any(String)]);
  });

  test('refuses the page token of another snapshot, account or listing', async () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [index, 1]));
    await put(3, many, { createVolumePermissions: [stranger] });
    const { NextToken } = await list({ SnapshotId: id(3), MaxResults: 100 });
    expect(NextToken).toBeDefined();
    expect((await list({ SnapshotId: id(3), NextToken })).Blocks).toHaveLength(1);
    const refused = invalid('INVALID_PAGE_TOKEN');
    expect(await reasonOf(list({ NextToken }))).toEqual(refused);
    expect(await reasonOf(list({ SnapshotId: id(3), NextToken }, stranger))).toEqual(refused);
    expect(
      await reasonOf(changed({ FirstSnapshotId: undefined, SecondSnapshotId: id(3), NextToken })),
    ).toEqual(refused);
    expect(await reasonOf(list({ NextToken: 'AAAA' }))).toEqual(refused);
  });

  test.each<[string, Partial<ListSnapshotBlocksRequest>, string]>([
    ['a page of under 100', { MaxResults: 99 }, 'INVALID_PARAMETER_VALUE'],
    ['a page of over 10000', { MaxResults: 10_001 }, 'INVALID_PARAMETER_VALUE'],
    ['a negative start', { StartingBlockIndex: -1 }, 'INVALID_PARAMETER_VALUE'],
    ['a malformed id', { SnapshotId: 'snap-z' }, 'INVALID_SNAPSHOT_ID'],
  ])('refuses %s', async (_what, input, reason) => {
    expect(await reasonOf(list(input))).toEqual(invalid(reason));
  });

  test('reads only snapshots that are completed', async () => {
    for (const state of ['pending', 'error'] as const) {
      await change(1, { state });
      expect(await reasonOf(list())).toEqual(invalid('INVALID_SNAPSHOT_ID'));
    }
  });

  test('shows a snapshot to its owner and those it is shared with; to others it does not exist', async () => {
    expect(await reasonOf(list({ SnapshotId: id(9) }))).toEqual(notFound);
    expect(await reasonOf(list({}, stranger))).toEqual(notFound);
    for (const permission of [stranger, 'all']) {
      await change(1, { createVolumePermissions: [permission] });
      const page = await list({}, stranger);
      expect(page.Blocks).toHaveLength(3);
      const { BlockToken } = page.Blocks![0]!;
      expect((await get({ BlockToken }, stranger)).BlockData.equals(block(1))).toBe(true);
      await change(1, { createVolumePermissions: [] });
      expect(await reasonOf(get({ BlockToken }, stranger))).toEqual(notFound);
    }
  });

  test('a snapshot deleted between the look at its record and at its blocks is not found', async () => {
    await blocks.deleteManifest(id(1));
    expect(await reasonOf(list())).toEqual(notFound);
  });
});

describe('GetSnapshotBlock', () => {
  const tokens = async () =>
    new Map((await list()).Blocks!.map(one => [one.BlockIndex!, one.BlockToken!] as const));

  test('answers the bytes with their length and checksum', async () => {
    for (const [BlockIndex, BlockToken] of await tokens()) {
      const expected = block({ 0: 1, 7: 2, 2047: 3 }[BlockIndex]!);
      const answer = await get({ BlockIndex, BlockToken });
      expect(answer).toMatchObject({
        DataLength: 524288,
        Checksum: sha256(expected),
        ChecksumAlgorithm: 'SHA256',
      });
      expect(answer.BlockData.equals(expected)).toBe(true);
    }
  });

  test('refuses a token of another block, snapshot or account, or one made up', async () => {
    await put(2, { 0: 1 }, { createVolumePermissions: [stranger] });
    const BlockToken = (await tokens()).get(0)!;
    const others = (await list({ SnapshotId: id(2) }, stranger)).Blocks![0]!.BlockToken!;
    const refused = invalid('INVALID_BLOCK_TOKEN');
    expect(await reasonOf(get({ BlockToken, BlockIndex: 7 }))).toEqual(refused);
    expect(await reasonOf(get({ BlockToken, SnapshotId: id(2) }))).toEqual(refused);
    expect(await reasonOf(get({ BlockToken: others, SnapshotId: id(2) }))).toEqual(refused);
    expect(await reasonOf(get({ BlockToken: 'AAAA' }))).toEqual(refused);
    expect(await reasonOf(get({ BlockToken, BlockIndex: -1 }))).toEqual(refused);
  });

  test('refuses a token after its seven days', async () => {
    const BlockToken = (await tokens()).get(0)!;
    region.time = new Date(region.time.getTime() + 7 * day - 1);
    expect((await get({ BlockToken })).BlockData).toHaveLength(blockSize);
    region.time = new Date(region.time.getTime() + 1);
    expect(await reasonOf(get({ BlockToken }))).toEqual(invalid('INVALID_BLOCK_TOKEN'));
  });

  test('a snapshot that was deleted is not found, whatever the token', async () => {
    const BlockToken = (await tokens()).get(0)!;
    await region.records.transaction(records => records.snapshots.delete(id(1)));
    expect(await reasonOf(get({ BlockToken }))).toEqual(notFound);
  });
});

describe('ListChangedBlocks', () => {
  beforeEach(() => put(2, { 0: 1, 7: 9, 8: 4 }, { parentSnapshotId: id(1), volumeSize: 2 }));

  test('lists what differs, with a token for each side that has the block', async () => {
    const answer = await changed();
    expect(answer).toEqual({
      ChangedBlocks: [
        { BlockIndex: 7, FirstBlockToken: expect.any(String), SecondBlockToken: expect.any(String) },
        { BlockIndex: 8, FirstBlockToken: undefined, SecondBlockToken: expect.any(String) },
        { BlockIndex: 2047, FirstBlockToken: expect.any(String), SecondBlockToken: undefined },
      ],
      ExpiryTime: new Date(region.time.getTime() + 7 * day),
      VolumeSize: 2,
      BlockSize: 524288,
      NextToken: undefined,
    });
    const [seven] = answer.ChangedBlocks!;
    const first = await get({ BlockIndex: 7, BlockToken: seven!.FirstBlockToken! });
    const second = await get({ SnapshotId: id(2), BlockIndex: 7, BlockToken: seven!.SecondBlockToken! });
    expect([first.BlockData[0], second.BlockData[0]]).toEqual([2, 9]);
    expect(
      await reasonOf(get({ SnapshotId: id(2), BlockIndex: 7, BlockToken: seven!.FirstBlockToken! })),
    ).toEqual(invalid('INVALID_BLOCK_TOKEN'));
  });

  test('lists every block of the second when there is no first', async () => {
    const { ChangedBlocks } = await changed({ FirstSnapshotId: undefined });
    expect(ChangedBlocks).toEqual(
      [0, 7, 8].map(BlockIndex => ({
        BlockIndex,
        FirstBlockToken: undefined,
        SecondBlockToken: expect.any(String),
      })),
    );
  });

  test('nothing has changed between a snapshot and itself, and nothing is listed past the end of the second', async () => {
    expect((await changed({ SecondSnapshotId: id(1) })).ChangedBlocks).toEqual([]);
    await put(3, { 3000: 5 }, { parentSnapshotId: id(2), volumeSize: 2 });
    const back = await changed({ FirstSnapshotId: id(3), SecondSnapshotId: id(1) });
    expect(back.ChangedBlocks?.map(one => one.BlockIndex)).toEqual([0, 7, 2047]);
  });

  test('goes on where a page ended, for these two snapshots only', async () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [index + 10, 1]));
    await put(3, many, { parentSnapshotId: id(1) });
    const first = await changed({ SecondSnapshotId: id(3), MaxResults: 100, StartingBlockIndex: 5 });
    expect(first.ChangedBlocks?.map(one => one.BlockIndex)).toEqual([
      7,
      ...Array.from({ length: 99 }, (_, index) => index + 10),
    ]);
    const { NextToken } = first;
    const second = await changed({ SecondSnapshotId: id(3), NextToken });
    expect(second.ChangedBlocks?.map(one => one.BlockIndex)).toEqual([
      ...Array.from({ length: 51 }, (_, index) => index + 109),
      2047,
    ]);
    expect(second.NextToken).toBeUndefined();
    expect(await reasonOf(changed({ NextToken }))).toEqual(invalid('INVALID_PAGE_TOKEN'));
  });

  test('compares snapshots of one volume, of one line, or with a common ancestor, and no others', async () => {
    const related = async (FirstSnapshotId: string, SecondSnapshotId: string) =>
      reasonOf(changed({ FirstSnapshotId, SecondSnapshotId }));
    const unrelated = invalid('UNRELATED_SNAPSHOTS');
    await put(3, { 1: 1 });
    expect(await related(id(1), id(3))).toEqual(unrelated);
    expect(await related(id(3), id(2))).toEqual(unrelated);
    // A grandchild, a child whose parent is gone, a sibling of it.
    await put(4, {}, { parentSnapshotId: id(2) });
    expect(await related(id(1), id(4))).toBeUndefined();
    expect(await related(id(4), id(1))).toBeUndefined();
    await put(5, {}, { parentSnapshotId: id(90) });
    await put(6, {}, { parentSnapshotId: id(90) });
    expect(await related(id(5), id(6))).toBeUndefined();
    expect(await related(id(5), id(1))).toEqual(unrelated);
    // Of one volume, though the snapshots between them are gone.
    await put(7, {}, { volumeId: hexId('vol', 1), parentSnapshotId: id(91) });
    await put(8, {}, { volumeId: hexId('vol', 1), parentSnapshotId: id(92) });
    await put(9, {}, { volumeId: hexId('vol', 2), parentSnapshotId: id(93) });
    expect(await related(id(7), id(8))).toBeUndefined();
    expect(await related(id(7), id(9))).toEqual(unrelated);
  });

  test('asks both snapshots to be there, visible and completed', async () => {
    expect(await reasonOf(changed({ FirstSnapshotId: id(99) }))).toEqual(notFound);
    expect(await reasonOf(changed({ SecondSnapshotId: id(99) }))).toEqual(notFound);
    await change(2, { createVolumePermissions: [stranger] });
    expect(await reasonOf(changed({}, stranger))).toEqual(notFound);
    expect((await changed({ FirstSnapshotId: undefined }, stranger)).ChangedBlocks).toHaveLength(3);
    await change(1, { state: 'error' });
    expect(await reasonOf(changed())).toEqual(invalid('INVALID_SNAPSHOT_ID'));
    expect(await reasonOf(changed({ FirstSnapshotId: 'x' }))).toEqual(invalid('INVALID_SNAPSHOT_ID'));
    expect(await reasonOf(changed({ FirstSnapshotId: undefined, MaxResults: 5 }))).toEqual(
      invalid('INVALID_PARAMETER_VALUE'),
    );
  });
});
