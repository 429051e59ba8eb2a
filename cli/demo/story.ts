import { Refusal } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { type SshTarget, sshRun } from '../ssh.ts';
import { launch, prepare, reachable, type Stage, saveImage, stopAndStart } from './cloud.ts';

/** What was seen, each with the seconds it took. */
export interface Chapter {
  what: string;
  seconds: number;
}

const page = '/home/ec2-user/page.html';
const own = '/home/ec2-user/own';

/**
 * Configure once, save as an image, launch four more: and a proof for each claim, read back from the guests.
 * @throws Refusal where a guest does not hold what it should.
 */
export async function tell(stage: Stage, imageId: string, progress: Progress): Promise<Chapter[]> {
  const chapters: Chapter[] = [];
  const chapter = async <Result>(what: string, run: () => Promise<Result>): Promise<Result> => {
    progress.step(what);
    const began = performance.now();
    const result = await run();
    chapters.push({ what, seconds: Math.round((performance.now() - began) / 100) / 10 });
    return result;
  };
  const run = (target: SshTarget, command: string) => sshRun(target, command, stage.signal);
  const text = `<h1>Configured once, by ${stage.name}</h1>`;

  await chapter('Making a key pair and a security group', () => prepare(stage));
  const [first] = await chapter(`Launching ${imageId}`, () => launch(stage, imageId, 1));
  await chapter('Configuring it over SSH', () =>
    run(first!, `echo '${text}' > ${page} && sudo chmod 444 ${page} && sync`),
  );
  const saved = await chapter('Saving it as an image', () => saveImage(stage, first!.instanceId));
  const copies = await chapter(`Launching four copies of ${saved}`, () => launch(stage, saved, 4));
  // The first was restarted for its image: it is waited for again, like the others.
  const five = await chapter('Waiting for all five', () => reachable(stage, stage.instanceIds));

  await chapter('Reading the page in all five', () =>
    Promise.all(five.map(async target => expectText(target, await run(target, `cat ${page}`), text))),
  );
  await chapter('Writing a file of its own on each disk, then reading them', async () => {
    await Promise.all(five.map(target => run(target, `echo ${target.instanceId} > ${own} && sync`)));
    await Promise.all(
      five.map(async target => expectText(target, await run(target, `cat ${own}`), target.instanceId)),
    );
  });
  const last = copies.at(-1)!;
  const again = await chapter(`Stopping and starting ${last.instanceId}`, () =>
    stopAndStart(stage, last.instanceId),
  );
  await chapter('Reading its files again', async () => {
    expectText(again, await run(again, `cat ${own}`), last.instanceId);
    expectText(again, await run(again, `cat ${page}`), text);
  });
  return chapters;
}

function expectText(target: SshTarget, seen: string, wanted: string): void {
  if (seen !== wanted) throw new Refusal(`${target.instanceId} holds "${seen}" where "${wanted}" should be.`);
}
