/**
 * From RunInstances to an SSH banner, beside the same image started by hand with qemu-system-x86_64 from a local raw
 * file; and how long RunInstances takes to answer while a guest boots. Alternating rounds of one run.
 */
import { rmSync } from 'node:fs';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { sshPort, startAmity, temporaryFolder } from '../test/support/amity.ts';
import { describe, launch, type Stage, setStage, untilState } from '../test/support/guests.ts';
import { endEverything } from '../test/support/leftovers.ts';
import { startByHand } from './launch/by-hand.ts';
import { metadataServer } from './launch/metadata.ts';
import { banner } from './launch/ssh-banner.ts';
import { median, type Row } from './row.ts';

const rounds = 5;

export async function run(): Promise<Row[]> {
  const folder = temporaryFolder('bench-launch');
  const amity = await startAmity(folder);
  try {
    const stage = await setStage(amity);
    const metadata = await metadataServer();
    const ours: number[] = [];
    const byHand: number[] = [];
    const answers: number[] = [];
    for (let round = 0; round < rounds; round++) {
      byHand.push(await startByHand(folder, metadata.port));
      ours.push(await launchOnce(stage, answers));
    }
    metadata.close();
    return [
      {
        goal: 'Launch ≤ 1.3× by hand',
        what: 'RunInstances to SSH banner, seconds',
        ...compared(ours, byHand, 1.3),
      },
      {
        goal: 'RunInstances ≤ 100 ms p50',
        what: 'RunInstances while a guest boots, milliseconds',
        ...compared(
          answers,
          answers.map(() => 100),
          1,
        ),
      },
    ];
  } finally {
    await amity.stop();
    await endEverything(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds from the call to the banner; meanwhile another launch is timed and ended again. */
async function launchOnce(stage: Stage, answers: number[]): Promise<number> {
  const start = performance.now();
  const [instanceId] = (await launch(stage)) as [string];
  answers.push(performance.now() - start);
  const { PublicIpAddress } = await describe(stage.ec2, instanceId);
  await banner(PublicIpAddress!, await sshPort(PublicIpAddress!));
  const seconds = (performance.now() - start) / 1000;
  const [next] = (await launch(stage)) as [string];
  await untilState(stage.ec2, next, 'running');
  const again = performance.now();
  const [third] = (await launch(stage)) as [string];
  answers.push(performance.now() - again);
  const InstanceIds = [instanceId, next, third];
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  for (const id of InstanceIds) await untilState(stage.ec2, id, 'terminated');
  return seconds;
}

function compared(ours: number[], peer: number[], target: number): Omit<Row, 'goal' | 'what'> {
  const ratio = median(ours) / median(peer);
  return {
    ours: median(ours),
    peer: median(peer),
    ratio,
    target: `≤ ${target}`,
    ok: ratio <= target,
    rounds: { ours, peer },
  };
}
