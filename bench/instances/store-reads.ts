/** What guests that really boot read of the block store: one, and twenty of the same image. */
import { rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { startAmity, temporaryFolder } from '../../test/support/amity.ts';
import { inGuest, launch, type Stage, setStage, untilState } from '../../test/support/guests.ts';
import { endEverything } from '../../test/support/leftovers.ts';
import type { Row } from '../row.ts';

const guests = 20;

export async function measureStoreReads(): Promise<Row[]> {
  const data = temporaryFolder('bench-store-reads');
  try {
    let stage: Stage | undefined;
    const boot = async (count: number) => {
      const amity = await startAmity(data, '--regions', 'us-east-1');
      stage = stage ? { ...stage, ec2: amity.ec2() } : await setStage(amity);
      await bootAndEnd(stage, count);
      await amity.stop();
      await endEverything(data);
      return bytesFetched(data);
    };
    // The first one teaches the block server what boots read.
    await boot(1);
    const one = await boot(1);
    const all = await boot(guests);
    return [
      {
        goal: 'G11',
        what: `bytes ${guests} guests that boot read of the store, beside those of one`,
        ...{ ours: all, peer: one, ratio: all / one, target: '≤ 1.05 ×', ok: all / one <= 1.05 },
        rounds: { ours: [all], peer: [one] },
      },
    ];
  } finally {
    await endEverything(data);
    rmSync(data, { recursive: true, force: true });
  }
}

async function bootAndEnd(stage: Stage, count: number): Promise<void> {
  const InstanceIds = await launch(stage, { MinCount: count, MaxCount: count });
  for (const id of InstanceIds) await inGuest(stage, id, 'true');
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  for (const id of InstanceIds) await untilState(stage.ec2, id, 'terminated');
}

/** As the block server said when it ended. */
async function bytesFetched(data: string): Promise<number> {
  const folder = join(data, 'us-east-1');
  const logs = (await readdir(folder, { recursive: true })).filter(name => /block-server.*\.log$/.test(name));
  for (const log of logs) {
    const ends = [...(await readFile(join(folder, log), 'utf8')).matchAll(/ends after (\{.*\})/g)];
    const last = ends.at(-1)?.[1];
    if (last) return JSON.parse(last).bytesFetched as number;
  }
  throw new Error(`the block server of ${data} ended without its counters`);
}
