/** Who may do what with an image in which situation: each cell of the tables in `catalogue/`, asked of a real server. */
import { rmSync } from 'node:fs';
import {
  CopyImageCommand,
  DescribeImagesCommand,
  RunInstancesCommand,
  waitUntilImageAvailable,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/amity.ts';
import { describe, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';
import { gather, players } from './catalogue/cast.ts';
import { expected, type Situation } from './catalogue/expectations.ts';
import type { Pair } from './catalogue/images.ts';
import { ask, questions } from './catalogue/questions.ts';
import { type Stage, scenes, setStage } from './catalogue/scenes.ts';

const data = temporaryFolder('matrix');
let stage: Stage;

beforeAll(async () => {
  stage = await setStage(await gather(data));
});

afterAll(async () => {
  // Not by SIGTERM: a guest that does not shut down would be waited for.
  await stage?.cast.amity.kill();
  await endEverything(data);
  rmSync(data, { recursive: true, force: true });
});

/** Every answer that is not the one of the tables. */
async function wrongCells(situation: Situation, images: Pair): Promise<string[]> {
  const { accounts, clients } = stage.cast;
  const answers = expected(situation);
  const ownerId = accounts.owner.accountId;
  const columns = [
    ...players.map(player => ({ column: player, player, image: images.shared })),
    ...(images.public ? [{ column: 'public', player: 'stranger' as const, image: images.public }] : []),
  ];
  const wrong = columns.map(async ({ column, player, image }) => {
    const found: string[] = [];
    const subject = { ...image, ownerId, callerId: accounts[player].accountId };
    for (const question of Object.keys(questions)) {
      const answer = await ask(question, clients[player], subject);
      const right = answers.get(question)?.get(column);
      if (answer !== right) found.push(`${question}, ${column}: ${answer} instead of ${right}`);
    }
    return found;
  });
  return (await Promise.all(wrong)).flat();
}

test.each(Object.keys(scenes) as Situation[])(
  'an image that is %s answers as in its table',
  async situation => {
    const { images, end } = await scenes[situation](stage);
    try {
      expect(await wrongCells(situation, images)).toEqual([]);
    } finally {
      await end?.();
    }
  },
);

/** What dry runs foretell, done; and what they cannot. */
test('the stranger’s instance of a public image runs on when that is gone', async () => {
  const { cast, instances, launched } = stage;
  const { State, ImageId } = await describe(cast.clients.stranger, instances.stranger);
  expect([State?.Name, ImageId]).toEqual(['running', launched.public.imageId]);
});

test('the grantee’s copy of an image shared with its storage becomes available, and is the grantee’s', async () => {
  const { clients, accounts } = stage.cast;
  const { ImageId } = await clients.grantee.send(
    new CopyImageCommand({
      ...{ SourceImageId: stage.withStorage!.shared.imageId, SourceRegion: 'us-east-1' },
      Name: 'copy of what was shared',
    }),
  );
  await waitUntilImageAvailable(
    { client: clients.grantee, maxWaitTime: 60, minDelay: 0.1, maxDelay: 0.5 },
    { ImageIds: [ImageId!] },
  );
  const { Images } = await clients.grantee.send(new DescribeImagesCommand({ ImageIds: [ImageId!] }));
  expect(Images).toMatchObject([{ OwnerId: accounts.grantee.accountId, Public: false }]);
});

test('the member’s instance of an image under a key that is not the member’s ends before it boots', async () => {
  const { member } = stage.cast.clients;
  const { Instances } = await member.send(
    new RunInstancesCommand({
      ...{ ImageId: stage.underKey!.imageId, InstanceType: 't3.nano' },
      ...{ MinCount: 1, MaxCount: 1 },
    }),
  );
  expect(Instances![0]!.State!.Name).toBe('pending');
  const ended = await untilState(member, Instances![0]!.InstanceId!, 'terminated');
  expect(ended.StateReason).toMatchObject({
    Code: 'Client.InternalError',
    Message: 'Client.InternalError: Client error on launch',
  });
});
