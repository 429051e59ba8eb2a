/** G15, what verifying costs; G16, garbage of a million blocks. `AMITY_BENCH_BLOCKS` tries G16 with fewer. */

import { median, type Row } from '../row.ts';
import { measureGarbage } from './garbage-1m.ts';
import { measureVerification } from './verification.ts';

/** A guest takes a longer silence for a slow disk. */
const longestReadMs = 250;

export async function garbageRows(): Promise<Row[]> {
  const { tagMs, digestMs } = measureVerification();
  const blocks = Number(process.env.AMITY_BENCH_BLOCKS ?? 1_000_000);
  const found = await measureGarbage(blocks);
  console.error(
    `${found.removed} of ${blocks} blocks were garbage; ${found.reads} reads meanwhile; ${found.peakMiB} MiB at most`,
  );
  const sizes = `${blocks} blocks`;
  return [
    row('G15', 'the tag of a segment of 512 KiB, ms', tagMs, 0.3, '≤ 0.3 ms'),
    row('G15', 'the digest of a block of 512 KiB, ms', digestMs, 0.3, '≤ 0.3 ms'),
    row('G16', `mark ${sizes} and find all but a few alive, s`, [found.markSeconds], 5, '≤ 5 s'),
    row(
      'G16',
      `mark ${sizes} and sweep a tenth while reading, s`,
      [found.sweepSeconds],
      Number.POSITIVE_INFINITY,
      'none',
    ),
    row(
      'G16',
      'the slowest read meanwhile, ms',
      [found.slowestReadMs],
      longestReadMs,
      'reads never stop: ≤ 250 ms',
    ),
  ];
}

function row(goal: string, what: string, rounds: number[], most: number, target: string): Row {
  const ours = median(rounds);
  return { goal, what, ours, peer: null, ratio: null, target, ok: ours <= most, rounds: { ours: rounds } };
}
