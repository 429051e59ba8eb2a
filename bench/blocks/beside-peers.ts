/**
 * The block store beside restic, borg, qemu-img, casync and zstd: the same images in one run, alternating. Peers are timed as whole
 * processes, ours from when its store is open, as in a server. Also writes the plots of docs/plots.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { median, type Row } from '../row.ts';
import { barChart } from './bar-chart.ts';
import type { Measured } from './command.ts';
import { type DenseRound, denseRound, type OurRound, ourRound, peerRound, type Round } from './compare.ts';
import { benchImages } from './images.ts';
import { compileOnce } from './ours.ts';

const rounds = 3;
/** casync takes four minutes a round, and no promise is measured by it. */
const once = ['casync'];
const always = ['restic', 'borg (512 KiB)', 'qemu-img', 'zstd'];
const plots = new URL('../../docs/plots/', import.meta.url);

export async function besidePeers(): Promise<Row[]> {
  const images = benchImages();
  console.error(
    'Peers are timed as whole processes; Amity from when its store is open and its threads have done one small block, as in a server. Peaks of memory are of whole processes.',
  );
  await compileOnce(images.folder);
  const ours: OurRound[] = [];
  const dense: DenseRound[] = [];
  const theirs = new Map<string, Round[]>([...always, ...once].map(name => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, done] of theirs) {
      if (round > 0 && once.includes(name)) continue;
      done.push(await peerRound(name, images));
      console.error(`round ${round + 1}: ${name} stored A in ${done.at(-1)!.storeA.seconds.toFixed(1)} s`);
    }
    ours.push(await ourRound(images));
    console.error(`round ${round + 1}: Amity stored A in ${ours.at(-1)!.storeA.seconds.toFixed(1)} s`);
    dense.push(await denseRound(images));
  }
  draw(ours, theirs);
  return rowsOf(ours, theirs.get('restic')!, theirs.get('qemu-img')!, dense);
}

function rowsOf(ours: OurRound[], restic: Round[], qemuImg: Round[], dense: DenseRound[]): Row[] {
  const took = <T>(rounds: T[], of: (round: T) => Measured) => rounds.map(round => of(round).seconds);
  const faster = (goal: string, what: string, mine: number[], peer: number[], times: number) =>
    row(goal, `${what}, seconds`, mine, peer, 1 / times, `≥ ${times}× as fast as the peer`);
  const bytes = (rounds: Round[], from: 0 | 1 | 2, less?: 0) =>
    rounds.map(({ stored }) => (stored[from] - (less === undefined ? 0 : stored[less])) / 1e6);
  const storeA = took(ours, r => r.storeA);
  const peaks = ours.flatMap(r => [r.storeA, r.storeB, r.storeC, r.restoreA].map(({ peakMiB }) => peakMiB));
  return [
    faster(
      'G1',
      'store A, peer restic',
      storeA,
      took(restic, r => r.storeA),
      4,
    ),
    faster(
      'G1',
      'store A without holes, peer restic',
      took(dense, r => r.ours),
      took(dense, r => r.restic),
      3,
    ),
    row(
      'G1',
      'store A without holes, peer zstd -1 -T2, seconds',
      took(dense, r => r.ours),
      took(dense, r => r.zstd),
      1.1,
      '≤ 1.1× the peer',
    ),
    row(
      'G2',
      'the same image again: MB added, beside 1 MB',
      ours.map(r => r.againStored / 1e6),
      ours.map(() => 1),
      1,
      'no data (a manifest is 0.6 MB)',
    ),
    row(
      'G2',
      'the same image again by a dirty map, seconds, beside storing A',
      took(ours, r => r.againByBitmap),
      storeA,
      0.1,
      '≤ 0.1×',
    ),
    faster(
      'G3',
      'B after A by reading all, peer restic',
      took(ours, r => r.storeB),
      took(restic, r => r.storeB),
      10,
    ),
    faster(
      'G3',
      'B after A by a dirty bitmap, peer restic',
      took(ours, r => r.storeBByBitmap),
      took(restic, r => r.storeB),
      25,
    ),
    row(
      'G4',
      'bytes of A, B and C, peer restic, MB',
      bytes(ours, 2),
      bytes(restic, 2),
      0.85,
      '≤ 0.85× the peer',
    ),
    row(
      'G5',
      'bytes that B adds to A, peer restic, MB',
      bytes(ours, 1, 0),
      bytes(restic, 1, 0),
      0.6,
      '≤ 0.6× the peer',
    ),
    faster(
      'G6',
      'restore A, peer restic',
      took(ours, r => r.restoreA),
      took(restic, r => r.restoreA),
      3,
    ),
    row(
      'G6',
      'restore A, peer qemu-img, seconds',
      took(ours, r => r.restoreA),
      took(qemuImg, r => r.restoreA),
      1,
      '≤ 1.0× the peer',
    ),
    row(
      'G7',
      'peak memory of store and restore, MiB, beside 200',
      [Math.max(...peaks)],
      [200],
      1,
      '≤ 200 MB',
    ),
  ];
}

function row(goal: string, what: string, ours: number[], peer: number[], most: number, target: string): Row {
  const ratio = median(ours) / median(peer);
  return {
    goal,
    what,
    ours: median(ours),
    peer: median(peer),
    ratio,
    target,
    ok: ratio <= most,
    rounds: { ours, peer },
  };
}

function draw(ours: OurRound[], theirs: Map<string, Round[]>): void {
  const tools = new Map<string, Round[]>([['Amity', ours], ...theirs]);
  const series = [...tools.keys()];
  const each = (value: (round: Round) => number) => [...tools.values()].map(done => median(done.map(value)));
  mkdirSync(plots, { recursive: true });
  const write = (
    name: string,
    title: string,
    unit: string,
    groups: Record<string, (round: Round) => number>,
  ) =>
    writeFileSync(
      new URL(name, plots),
      barChart({
        title,
        unit,
        series,
        groups: Object.entries(groups).map(([label, value]) => ({ label, values: each(value) })),
      }),
    );
  write('blocks-seconds.svg', 'Seconds to store and restore disk images (less is better)', 's', {
    'store A': r => r.storeA.seconds,
    'then B': r => r.storeB.seconds,
    'then C': r => r.storeC.seconds,
    'restore A': r => r.restoreA.seconds,
  });
  write('blocks-bytes.svg', 'Bytes kept (less is better)', 'MB', {
    A: r => r.stored[0] / 1e6,
    'A and B': r => r.stored[1] / 1e6,
    'A, B and C': r => r.stored[2] / 1e6,
  });
}
