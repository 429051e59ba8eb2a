import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from './command.ts';
import type { Images } from './images.ts';
import { amity, dirtyMap } from './ours.ts';
import { type Peer, peers } from './peers.ts';

/** What one tool did in one round. */
export interface Round {
  storeA: Measured;
  storeB: Measured;
  storeC: Measured;
  restoreA: Measured;
  /** Bytes kept after A; A and B; A, B and C. */
  stored: [number, number, number];
}

export interface OurRound extends Round {
  /** A again: read whole, and by a dirty bitmap that names nothing. */
  againA: Measured;
  againByBitmap: Measured;
  /** Bytes that A again added. */
  againStored: number;
  /** B by the extents of a dirty bitmap. */
  storeBByBitmap: Measured;
}

export interface DenseRound {
  ours: Measured;
  restic: Measured;
  zstd: Measured;
}

export async function peerRound(name: string, images: Images): Promise<Round> {
  return inFolder(images, async folder => round(await peers[name]!(folder), images, nothingMore));
}

export async function ourRound(images: Images): Promise<OurRound> {
  return inFolder(images, async folder => {
    const store = amity(join(folder, 'main'));
    let extras: Omit<OurRound, keyof Round> | undefined;
    const measured = await round(store, images, async () => {
      extras = await afterA(folder, images);
    });
    return { ...measured, ...extras! };
  });
}

export async function denseRound(images: Images): Promise<DenseRound> {
  const one = (make: (folder: string) => Peer | Promise<Peer>) =>
    inFolder(images, async folder => (await make(folder)).store(images.aDense, 'A'));
  return { ours: await one(amity), restic: await one(peers.restic!), zstd: await one(peers.zstd!) };
}

async function round(tool: Peer, { a, b, c }: Images, afterFirst: () => Promise<void>): Promise<Round> {
  const storeA = await tool.store(a, 'A');
  const afterA = tool.stored();
  await afterFirst();
  const storeB = await tool.store(b, 'B', { image: a, name: 'A' });
  const afterB = tool.stored();
  const storeC = await tool.store(c, 'C');
  const stored: Round['stored'] = [afterA, afterB, tool.stored()];
  const { file, ...restoreA } = await tool.restore('A');
  execFileSync('cmp', [a, file]);
  return { storeA, storeB, storeC, restoreA, stored };
}

const nothingMore = async () => {};

/** On a copy of the store as it is after A, so that the round goes on as the peers' do. */
async function afterA(folder: string, images: Images): Promise<Omit<OurRound, keyof Round>> {
  const base = { image: images.a, name: 'A' };
  cpSync(join(folder, 'main'), join(folder, 'side'), { recursive: true });
  const side = amity(join(folder, 'side'));
  const before = side.stored();
  const againA = await side.store(images.a, 'again');
  const againStored = side.stored() - before;
  const nothing = await dirtyMap(folder, images.a, images.a);
  const againByBitmap = await side.store(images.a, 'again-by-bitmap', base, nothing);
  const changed = await dirtyMap(folder, images.a, images.b);
  const storeBByBitmap = await side.store(images.b, 'B', base, changed);
  rmSync(join(folder, 'side'), { recursive: true });
  return { againA, againByBitmap, againStored, storeBByBitmap };
}

async function inFolder<T>({ folder }: Images, work: (folder: string) => Promise<T>): Promise<T> {
  const own = join(folder, 'stores');
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  try {
    return await work(own);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
