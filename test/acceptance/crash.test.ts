/** A server killed -9 at moments of launch and create-image: what was acknowledged is whole, nothing is left behind. */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything, processesOf } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;
const launched: string[] = [];

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('crash'), '--regions', 'us-east-1');
  stage = await setStage(amity);
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(amity.data);
  rmSync(amity.data, { recursive: true, force: true });
});

async function killAfter(milliseconds: number): Promise<void> {
  await delay(milliseconds);
  await amity.kill();
  stage.ec2.destroy();
  amity = await startAmity(amity.data, '--regions', 'us-east-1');
  stage = { ...stage, ec2: amity.ec2() };
}

test.each([0, 40, 120, 250, 500, 900])(
  'killed %i ms after RunInstances, the next server launches it',
  async ms => {
    const [id] = (await launch(stage)) as [string];
    launched.push(id);
    await killAfter(ms);
    await untilState(stage.ec2, id, 'running');
  },
);

test('a guest whose launch was interrupted has booted from its whole image', async () => {
  expect(await inGuest(stage, launched[0]!, 'sudo id -un; echo x | sudo tee /etc/mark; sync')).toBe(
    'root\nx',
  );
});

test.each([
  [0, true],
  [30, true],
  [100, true],
  [300, true],
  [800, true],
  [50, false],
  [1500, false],
])(
  'killed %i ms after CreateImage (NoReboot %s), the image is whole or has failed with a reason',
  async (ms, NoReboot) => {
    const Name = `killed-${ms}-${NoReboot}`;
    const { ImageId } = await stage.ec2.send(
      new CreateImageCommand({ InstanceId: launched[0], Name, NoReboot }),
    );
    await killAfter(ms);
    const image = await eventually(`${Name} settled`, async () => {
      const { Images } = await stage.ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId!] }));
      return Images![0]!.State !== 'pending' && Images![0]!;
    });
    if (image.State === 'failed') expect(image.StateReason?.Message).toBeTruthy();
    else expect(image.State).toBe('available');
    expect((await describe(stage.ec2, launched[0]!)).State?.Name).toBe('running');
  },
);

test('an image made across a kill launches with what the guest had written', async () => {
  const { Images } = await stage.ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
  const available = Images!.filter(image => image.State === 'available');
  expect(available.length).toBeGreaterThan(0);
  const last = available.at(-1)!;
  const [id] = (await launch({ ...stage, imageId: last.ImageId! })) as [string];
  launched.push(id);
  expect(await inGuest(stage, id, 'cat /etc/mark')).toBe('x');
});

test('terminated across a kill, nothing is left behind without a record', async () => {
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: launched }));
  await killAfter(60);
  for (const id of launched) await untilState(stage.ec2, id, 'terminated');
  await eventually('volumes deleted', async () => {
    const { Volumes } = await stage.ec2.send(new DescribeVolumesCommand({}));
    return Volumes!.every(volume => volume.State === 'deleted');
  });
  const region = join(amity.data, 'us-east-1');
  expect(readdirSync(join(region, 'volumes')).filter(name => name.endsWith('.qcow2'))).toEqual([]);
  const { Snapshots } = await stage.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots!.filter(snapshot => snapshot.State === 'pending')).toEqual([]);
  await eventually('only server and block server', async () => {
    const others = processesOf(amity.data).filter(
      line => !line.includes('block-server') && !line.startsWith(`${amity.pid} `),
    );
    return others.length === 0 || Promise.reject(new Error(others.join('\n')));
  });
});
