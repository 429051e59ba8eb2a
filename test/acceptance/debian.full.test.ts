/** The Debian image: built from Debian's packages, first boot by unmodified cloud-init, which finds an EC2 guest without a complaint. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, root, run, startAmity, temporaryFolder } from '../support/amity.ts';
import { inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;
let id: string;

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
  [id] = (await launch({ ...stage, imageId }, { InstanceType: 't3.micro', UserData })) as [string];
  const asked = 'cloud-init status --wait --long; cloud-id; sudo id -un; cat /var/user-data; hostname';
  const said = await inGuest(stage, id, asked);
  expect(said).toContain('status: done');
  expect(said).toMatch(/\naws\nroot\nfrom user data\nip-172-31-/);
  await expect(inGuest(stage, id, 'sudo sshd -T | grep permitrootlogin')).resolves.toBe('permitrootlogin no');
});

test('cloud-init ends without an error or a warning, and has the metadata for those who query it', async () => {
  const { status, errors, datasource } = JSON.parse(
    await inGuest(stage, id, 'cloud-init status --format json'),
  );
  expect({ status, errors, datasource }).toEqual({ status: 'done', errors: [], datasource: 'ec2local' });
  const result = JSON.parse(await inGuest(stage, id, 'cat /run/cloud-init/result.json'));
  expect(result.v1).toEqual({ datasource: 'DataSourceEc2Local', errors: [] });
  const complaints =
    "sudo grep -hE 'WARN|ERROR|CRITICAL|Traceback' /var/log/cloud-init*.log /run/cloud-init/*.log || true";
  expect(await inGuest(stage, id, complaints)).toBe('');
  // Also without being told, by the image's own configuration, that it is to look for EC2.
  const untold =
    'cp -r /etc/cloud /tmp/cloud && rm /tmp/cloud/cloud.cfg.d/90_image.cfg && sudo env PATH_RUN=/tmp/found PATH_ETC_CLOUD=/tmp/cloud /usr/lib/cloud-init/ds-identify --force && cat /tmp/found/cloud-init/*';
  const found = await inGuest(stage, id, untold);
  expect(found).toContain('datasource_list: [ Ec2, None ]');
  expect(found).not.toMatch(/warn/i);
  const asked = ['instance_id', 'region', 'platform'].map(name => `cloud-init query ${name}`);
  expect(await inGuest(stage, id, asked.join('; '))).toBe(`${id}\nus-east-1\nec2`);
  expect(await inGuest(stage, id, 'cloud-init query --all >/dev/null 2>&1 && echo all')).toBe('all');
});

test('ec2-metadata prints every field without an error, and no unit of the system has failed', async () => {
  const said = await inGuest(stage, id, 'ec2-metadata --all 2>&1; echo "status $?"');
  expect(said).toMatch(/\nstatus 0$/);
  expect(said).toContain(`\ninstance-id: ${id}\n`);
  expect(said).toContain('\nami-manifest-path: (unknown)\n');
  expect(said.match(/^[\w-]+: not available$/gm)).toEqual([
    'ancestor-ami-ids: not available',
    'kernel-id: not available',
    'product-codes: not available',
    'public-hostname: not available',
    'ramdisk-id: not available',
  ]);
  expect(said).not.toMatch(/error|<html/i);
  expect(await inGuest(stage, id, 'systemctl list-units --failed --no-legend --plain')).toBe('');
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await untilState(stage.ec2, id, 'terminated');
});
