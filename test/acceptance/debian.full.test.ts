/** The Debian image: built from Debian's packages, first boot by unmodified cloud-init, which finds an EC2 guest. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, root, run, startAmity, temporaryFolder } from '../support/amity.ts';
import { inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('debian'), '--regions', 'us-east-1');
  stage = await setStage(amity);
});

afterAll(async () => {
  await amity?.stop();
  expect(await endEverything(amity.data)).toEqual([]);
  rmSync(amity.data, { recursive: true, force: true });
});

test('boots, takes its key, user data and name from the metadata service, and lets ec2-user be root', async () => {
  const { stdout } = await run(join(root, 'bin/amity'), ['image', 'build', 'debian-12', '--json'], {
    env: amity.environment(),
    maxBuffer: 2 ** 26,
  });
  const { imageId } = JSON.parse(stdout);
  const UserData = btoa('#!/bin/sh\necho from user data > /var/user-data\n');
  const [id] = (await launch({ ...stage, imageId }, { InstanceType: 't3.micro', UserData })) as [string];
  const asked = 'cloud-init status --wait --long; cloud-id; sudo id -un; cat /var/user-data; hostname';
  const said = await inGuest(stage, id, asked);
  expect(said).toContain('status: done');
  expect(said).toMatch(/\naws\nroot\nfrom user data\nip-172-31-/);
  await expect(inGuest(stage, id, 'sudo sshd -T | grep permitrootlogin')).resolves.toBe('permitrootlogin no');
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await untilState(stage.ec2, id, 'terminated');
});
