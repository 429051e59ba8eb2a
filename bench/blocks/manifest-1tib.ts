/**
 * What a manifest of a full volume of 1 TiB costs: 2,097,152 blocks, no data. Prints one line of JSON; the whole run
 * happens in one process, so that its peak of memory is that of everything here.
 */
import { hash } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockSize, chunkBlocks } from '../../src/domain/manifest.ts';
import type { StagedEntry } from '../../src/stores/blocks/block-store.ts';
import { manifestFiles } from '../../src/stores/blocks/local/files/manifest-files.ts';
import { writeManifest } from '../../src/stores/blocks/local/write/write-manifest.ts';

const volumeSize = 1024 ** 4;
const blockCount = volumeSize / blockSize;
const rounds = 15;
/** As many as a write session reads of its rows at once. */
const batchLength = 256;

const digestOf = (seed: string) => hash('sha256', seed);
const entry = (index: number, version = ''): StagedEntry => [
  index,
  { domain: '000000000001/default', digest: digestOf(`${index}${version}`) },
];

async function* fullVolume(): AsyncGenerator<StagedEntry[]> {
  for (let first = 0; first < blockCount; first += batchLength)
    yield Array.from({ length: batchLength }, (_, i) => entry(first + i));
}

/** 100 blocks, each in another part of the volume. */
async function* scattered(version: string): AsyncGenerator<StagedEntry[]> {
  const step = Math.floor(blockCount / 100);
  yield Array.from({ length: 100 }, (_, i) => entry(i * step + 7, version));
}

async function medianMs(work: (round: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work(round);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return Number(times[Math.floor(rounds / 2)]!.toFixed(3));
}

const peakMiB = () => Math.round(process.resourceUsage().maxRSS / 1024);

const folder = await mkdtemp(join(tmpdir(), 'amity-manifest-'));
try {
  await mkdir(join(folder, 'manifests'));
  const files = manifestFiles(join(folder, 'manifests'));
  const start = peakMiB();
  const writing = performance.now();
  await writeManifest(files, { snapshotId: 'snap-base', volumeSize }, undefined, fullVolume());
  const writeMs = performance.now() - writing;
  const writePeak = peakMiB();
  const openMs = await medianMs(async () => (await files.open('snap-base'))!.close());
  const base = (await files.open('snap-base'))!;
  const random = (round: number) => (round * 7_654_321 + 13) % blockCount;
  const coldAtMs = await medianMs(async round => {
    const manifest = (await files.open('snap-base'))!;
    await manifest.at(random(round));
    await manifest.close();
  });
  const chunk = await base.chunk(0);
  const warm = performance.now();
  for (let i = 0; i < 100_000; i++) chunk.at(i % chunkBlocks);
  const warmAtMicroseconds = Number((((performance.now() - warm) * 1000) / 100_000).toFixed(3));
  const pageMs = await medianMs(async round => {
    const manifest = (await files.open('snap-base'))!;
    let listed = 0;
    for await (const batch of manifest.entries(random(round))) {
      listed += batch.length;
      if (listed >= 1000) break;
    }
    await manifest.close();
  });

  const readPeak = peakMiB();
  const commitMs = await medianMs(async round => {
    const snapshotId = `snap-${round}`;
    await writeManifest(files, { snapshotId, volumeSize, base: 'snap-base' }, base, scattered(String(round)));
    if (round > 0) await files.remove(`snap-${round - 1}`);
  });
  const next = (await files.open(`snap-${rounds - 1}`))!;
  const differing = next.chunkNumbers.filter(number => next.fingerprint(number) !== base.fingerprint(number));
  if (next.blockCount !== blockCount || differing.length !== 100) throw new Error('The commit is wrong');
  const walk = performance.now();
  let seen = 0;
  for await (const batch of base.entries()) seen += batch.length;
  const walkMs = performance.now() - walk;
  if (seen !== blockCount) throw new Error(`${seen} blocks are listed`);
  await Promise.all([base.close(), next.close()]);

  const { size } = await stat(join(folder, 'manifests', 'snap-base.manifest'));
  process.stdout.write(
    `${JSON.stringify({
      blocks: blockCount,
      fileBytes: size,
      writeMs: Math.round(writeMs),
      openMs,
      openAndAtMs: coldAtMs,
      warmAtMicroseconds,
      openAndPageOf1000Ms: pageMs,
      commit100ChangedMs: commitMs,
      walkAllMs: Math.round(walkMs),
      peakMiB: { start, afterWrite: writePeak, afterReads: readPeak, afterAll: peakMiB() },
    })}\n`,
  );
} finally {
  await rm(folder, { recursive: true });
}
