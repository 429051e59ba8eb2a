/**
 * All that is promised of blocks, in one run: writing beside the peers (G1–G7), what a boot reads (G8–G11), verification
 * and garbage (G15, G16). `AMITY_BENCH_PARTS=write,read,garbage` runs some of it.
 */
import { besidePeers } from './blocks/beside-peers.ts';
import { garbageRows } from './blocks/garbage.ts';
import { replayRows } from './blocks/replay.ts';
import type { Row } from './row.ts';

const parts = { read: replayRows, garbage: garbageRows, write: besidePeers };

export async function run(): Promise<Row[]> {
  const asked = process.env.AMITY_BENCH_PARTS?.split(',') ?? Object.keys(parts);
  const rows: Row[] = [];
  for (const [name, rowsOf] of Object.entries(parts))
    if (asked.includes(name)) rows.push(...(await rowsOf()));
  return rows;
}
