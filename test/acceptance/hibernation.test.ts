/** Instances that are hibernated and go on where they were, and whose root volume is replaced, through the official SDK. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AttachVolumeCommand,
  CreateReplaceRootVolumeTaskCommand,
  CreateVolumeCommand,
  DescribeReplaceRootVolumeTasksCommand,
  DescribeVolumesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  waitUntilVolumeAvailable,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;
let id: string;
let bootId: string;
let volumeId: string;

const options = ['--regions', 'us-east-1'];

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('hibernation'), ...options);
  stage = await setStage(amity);
  [id] = (await launch(stage, {
    HibernationOptions: { Configured: true },
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true } }],
  })) as [string];
  bootId = await inGuest(stage, id, 'cat /proc/sys/kernel/random/boot_id');
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(amity.data);
  rmSync(amity.data, { recursive: true, force: true });
});

const hibernate = () => stage.ec2.send(new StopInstancesCommand({ InstanceIds: [id], Hibernate: true }));
const start = () => stage.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
const stopped = () => untilState(stage.ec2, id, 'stopped');
const guest = (command: string) => inGuest(stage, id, command);

async function restart(): Promise<void> {
  await amity.kill();
  stage.ec2.destroy();
  amity = await startAmity(amity.data, ...options);
  stage = { ...stage, ec2: amity.ec2() };
}

/** It has never been away: the same boot, the same process that counts, what only memory holds. */
async function expectToGoOn(counted: number): Promise<void> {
  expect(await guest('cat /proc/sys/kernel/random/boot_id')).toBe(bootId);
  expect(await guest('cat /run/secret')).toBe('only in memory 4711');
  expect(await guest('sudo kill -0 $(cat /run/counter) && echo alive')).toBe('alive');
  expect(Number(await guest('cat /run/count'))).toBeGreaterThan(counted);
}

test('memory, processes and hot-plugged volumes survive', async () => {
  const { VolumeId } = await stage.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 1 }),
  );
  volumeId = VolumeId!;
  const waiter = { client: stage.ec2, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  await waitUntilVolumeAvailable(waiter, { VolumeIds: [volumeId] });
  await stage.ec2.send(new AttachVolumeCommand({ VolumeId: volumeId, InstanceId: id, Device: '/dev/sdf' }));
  await guest(
    'until [ -b /dev/vdb ]; do usleep 50000; done; echo on disk | sudo dd of=/dev/vdb conv=fsync 2>&1',
  );
  const count = 'n=0; while :; do n=$((n+1)); echo $n > /run/count; usleep 100000; done';
  await guest(
    `sudo sh -c 'echo only in memory $((4700+11)) > /run/secret; (${count}) > /dev/null 2>&1 & echo $! > /run/counter'`,
  );
  const counted = Number(await guest('sleep 1; cat /run/count'));
  const uptime = Number((await guest('cat /proc/uptime')).split(' ')[0]);

  const began = performance.now();
  await hibernate();
  const { StateReason } = await stopped();
  console.log(`hibernated in ${Math.round(performance.now() - began)} ms`);
  expect(StateReason).toEqual({
    Code: 'Client.UserInitiatedHibernate',
    Message: 'Client.UserInitiatedHibernate: User initiated hibernate',
  });
  const memory = readFileSync(join(amity.data, 'us-east-1', 'instances', id, 'memory'));
  console.log(`memory file: ${memory.length} bytes`);
  expect(memory.includes('only in memory')).toBe(false);

  const resuming = performance.now();
  await start();
  const { HibernationOptions } = await untilState(stage.ec2, id, 'running');
  console.log(`resumed in ${Math.round(performance.now() - resuming)} ms`);
  expect(HibernationOptions).toEqual({ Configured: true });
  await expectToGoOn(counted);
  const now = Number((await guest('cat /proc/uptime')).split(' ')[0]);
  console.log(`uptime ${uptime} s before, ${now} s after`);
  expect(now).toBeGreaterThan(uptime);
  expect(await guest('sudo dd if=/dev/vdb bs=7 count=1 2>/dev/null')).toBe('on disk');
  const [clock, rtc] = (await guest('date +%s; cat /sys/class/rtc/rtc0/since_epoch')).split('\n').map(Number);
  console.log(
    `guest clock is ${Math.round(Date.now() / 1000) - clock!} s behind, its RTC ${Math.round(Date.now() / 1000) - rtc!} s`,
  );
});

test.each([50, 300, 800, 2000])(
  'a server killed %i ms after it was asked hibernates and resumes',
  async ms => {
    const counted = Number(await guest('cat /run/count'));
    await hibernate();
    await delay(ms);
    await restart();
    await stopped();
    await start();
    await delay(ms);
    await restart();
    await untilState(stage.ec2, id, 'running');
    await expectToGoOn(counted);
  },
);

test('after a plain stop it boots', async () => {
  await stage.ec2.send(new StopInstancesCommand({ InstanceIds: [id], Force: true }));
  await stopped();
  await start();
  expect(await guest('cat /proc/sys/kernel/random/boot_id')).not.toBe(bootId);
});

test('its root volume goes back to what it was launched from, and everything else stays', async () => {
  const devices = async () => (await describe(stage.ec2, id)).BlockDeviceMappings!;
  const isRoot = ({ DeviceName }: { DeviceName?: string }) => DeviceName === '/dev/xvda';
  const root = async () => (await devices()).find(isRoot)!.Ebs!.VolumeId!;
  const data = async () => (await devices()).filter(device => !isRoot(device));
  const others = await data();
  const before = await root();
  await guest('sudo touch /broken && sync');
  const { PublicIpAddress } = await describe(stage.ec2, id);
  const { ReplaceRootVolumeTask } = await stage.ec2.send(
    new CreateReplaceRootVolumeTaskCommand({ InstanceId: id }),
  );
  await delay(1_000);
  await restart();
  const succeeded = async () => {
    const { ReplaceRootVolumeTasks } = await stage.ec2.send(
      new DescribeReplaceRootVolumeTasksCommand({
        ReplaceRootVolumeTaskIds: [ReplaceRootVolumeTask!.ReplaceRootVolumeTaskId!],
      }),
    );
    return ReplaceRootVolumeTasks![0]!.TaskState === 'succeeded';
  };
  // A guest that does not hear its power button is given two minutes.
  await eventually('the task succeeded', succeeded, 180_000);
  const after = await describe(stage.ec2, id);
  expect(after.State!.Name).toBe('running');
  expect(after.PublicIpAddress).toBe(PublicIpAddress);
  expect(await guest('ls /broken 2>/dev/null || echo gone')).toBe('gone');
  expect(await data()).toEqual(others);
  expect(await root()).not.toBe(before);
  const { Volumes } = await stage.ec2.send(new DescribeVolumesCommand({ VolumeIds: [before] }));
  expect(Volumes![0]!.State).toBe('available');
});
