/** Reading: the blocks a boot reads, warm, cold, with what was learned of it, and from a store far away. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockPlans, eachPiece, snapshotBlocks } from '../../src/disks/block-server/block-plan.ts';
import { openLocalSnapshots } from '../../src/disks/block-server/local-snapshots.ts';
import { blockSize } from '../../src/domain/manifest.ts';
import { median, type Row } from '../row.ts';
import { benchImages } from './images.ts';
import { timesToOpen } from './open-volume.ts';
import { bootTrace, masterKey, nbdkit, replay, serve, serveFar } from './served.ts';
import { grow, storeImages } from './stage.ts';

const rounds = Number(process.env.AMITY_BENCH_ROUNDS ?? 9);
/** Milliseconds from a machine to an object store nearby. */
const farLatency = 36;
const replaysOfMany = 1000;
const guestsAtOnce = 20;

export async function replayRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'amity-replay-'));
  const store = join(folder, 'blocks');
  const socket = join(folder, 's');
  try {
    const images = benchImages();
    await storeImages(store, { 'snap-A': images.a, 'snap-C': images.c });
    await grow(store, 'snap-A', 'snap-T');
    const rows = [await warm(store, socket, images.a, join(folder, 'k'))];
    for (const snapshotId of ['snap-A', 'snap-C']) {
      rows.push(await cold(store, socket, snapshotId));
      rows.push(...(await far(store, socket, snapshotId)));
    }
    rows.push(await many(store, socket));
    rows.push(...(await opening(folder, store, socket)));
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function warm(store: string, socket: string, image: string, peerSocket: string): Promise<Row> {
  const served = await serve(store, socket);
  const peer = await nbdkit(image, peerSocket);
  const ours: number[] = [];
  const theirs: number[] = [];
  // The first two fill the caches, and let both warm up.
  for (let round = -2; round < rounds; round++) {
    const [a, b] = [await replay(peer.uri), await replay(served.uri('snap-A'))];
    if (round < 0) continue;
    theirs.push(a);
    ours.push(b);
  }
  await Promise.all([served.stop(), peer.stop()]);
  const ratio = median(ours) / median(theirs);
  return {
    goal: 'Boot replay, warm ≤ 1.0× nbdkit',
    what: '1,094 reads, milliseconds',
    ...{ ours: median(ours), peer: median(theirs), ratio, target: '≤ 1.0', ok: ratio <= 1 },
    rounds: { ours, peer: theirs },
  };
}

async function cold(store: string, socket: string, snapshotId: string): Promise<Row> {
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    forgetProfiles(store);
    const served = await serve(store, socket);
    // Its own code is warm: it has served another snapshot.
    await replay(served.uri(snapshotId === 'snap-A' ? 'snap-C' : 'snap-A'));
    ours.push(await replay(served.uri(snapshotId)));
    await served.stop();
  }
  return atMost(250, ours, `Boot replay, cold local store ≤ 250 ms`, `of ${snapshotId}, milliseconds`);
}

async function far(store: string, socket: string, snapshotId: string): Promise<Row[]> {
  forgetProfiles(store);
  const first = await serveFar(store, socket, farLatency);
  const unlearned = await replay(first.uri(snapshotId));
  await first.stop();
  const ours: number[] = [];
  const fetched: number[] = [];
  const needed = await segmentsOf(store, snapshotId);
  for (let round = 0; round < rounds; round++) {
    const served = await serveFar(store, socket, farLatency);
    ours.push(await replay(served.uri(snapshotId)));
    fetched.push((await served.stop()).segmentsFetched / needed);
  }
  const what = `of ${snapshotId}, milliseconds; ${Math.round(unlearned)} at the first boot`;
  return [
    atMost(1000, ours, `Boot replay, store ${farLatency} ms away ≤ 1 s`, what),
    atMost(1.2, fetched, 'Fetched for it ≤ 1.2× what it needs', `segments of ${snapshotId}`),
  ];
}

async function many(store: string, socket: string): Promise<Row> {
  forgetProfiles(store);
  const alone = await serve(store, socket);
  await replay(alone.uri('snap-A'));
  const one = await alone.stop();
  forgetProfiles(store);
  const served = await serve(store, socket);
  const each = replaysOfMany / guestsAtOnce;
  await Promise.all(Array.from({ length: guestsAtOnce }, () => replay(served.uri('snap-A'), each)));
  const all = await served.stop();
  const ratio = all.bytesFetched / one.bytesFetched;
  return {
    goal: '20 guests read the store ≤ 1.05× as much as one',
    what: `${replaysOfMany} replays, bytes`,
    ...{ ours: all.bytesFetched, peer: one.bytesFetched, ratio, target: '≤ 1.05', ok: ratio <= 1.05 },
    rounds: { ours: [all.bytesFetched], peer: [one.bytesFetched] },
  };
}

async function opening(folder: string, store: string, socket: string): Promise<Row[]> {
  const served = await serve(store, socket);
  const rows: Row[] = [];
  for (const [snapshotId, size, named] of [
    ['snap-A', 2 ** 33, '8 GiB'],
    ['snap-T', 2 ** 40, '1 TiB'],
  ] as const) {
    const times = await timesToOpen(folder, socket, { snapshotId, size, rounds });
    rows.push(atMost(100, times, 'Before QEMU starts ≤ 100 ms', `overlay over ${named}, milliseconds`));
  }
  await served.stop();
  return rows;
}

/** Segments that the replay needs. */
async function segmentsOf(store: string, snapshotId: string): Promise<number> {
  const { segments, manifests, close } = openLocalSnapshots(store, masterKey);
  const shared = (await manifests.acquire(snapshotId))!;
  const plan = blockPlans(segments.recipe)(snapshotBlocks(shared.manifest));
  const needed = new Set<string>();
  for (const [offset, length] of bootTrace)
    for (let at = offset; at < offset + length; at = (Math.floor(at / blockSize) + 1) * blockSize) {
      const start = Math.floor(at / blockSize) * blockSize;
      const block = await plan.find(start / blockSize);
      eachPiece(block, at - start, Math.min(offset + length - start, blockSize), run => {
        if (run) needed.add(`${run.segment} ${block.domain}`);
        return true;
      });
    }
  shared.release();
  await close();
  return needed.size;
}

function forgetProfiles(store: string): void {
  const folder = join(store, 'profiles');
  if (existsSync(folder)) rmSync(folder, { recursive: true });
}

function atMost(limit: number, ours: number[], goal: string, what: string): Row {
  const found = median(ours);
  return {
    ...{ goal, what, ours: found, peer: null, ratio: null, target: `≤ ${limit}`, ok: found <= limit },
    rounds: { ours },
  };
}
