/** The story of an image, through the official SDK against a real server with real guests. */

import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateImageCommand,
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstanceStatusCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  GetConsoleOutputCommand,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilImageAvailable,
  waitUntilInstanceTerminated,
  waitUntilSnapshotCompleted,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;
const waiter = () => ({ client: stage.ec2, maxWaitTime: 180, minDelay: 1, maxDelay: 1 });

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('life'));
  stage = await setStage(amity);
});

afterAll(async () => {
  await amity?.stop();
  expect(await endEverything(amity.data)).toEqual([]);
  rmSync(amity.data, { recursive: true, force: true });
});

let first: string;
let imageId: string;
let copies: string[];

test('the caller is the account whose key signed', async () => {
  const identity = await amity.sts().send(new GetCallerIdentityCommand({}));
  expect(identity.Account).toBe(amity.keys().accountId);
});

test('an instance of the image boots, and ec2-user logs in with sudo', async () => {
  [first] = (await launch(stage, { UserData: btoa('#!/bin/sh\necho user data ran > /var/user-data\n') })) as [
    string,
  ];
  expect((await describe(stage.ec2, first)).State?.Name).toMatch(/pending|running/);
  expect(await inGuest(stage, first, 'id -un; sudo id -un')).toBe('ec2-user\nroot');
  expect(await inGuest(stage, first, 'cat /var/user-data')).toBe('user data ran');
});

test('its volume stands on the snapshot of the image', async () => {
  const { Images } = await stage.ec2.send(new DescribeImagesCommand({ ImageIds: [stage.imageId] }));
  const { Volumes } = await stage.ec2.send(
    new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [first] }] }),
  );
  expect(Volumes).toHaveLength(1);
  expect(Volumes![0]!.SnapshotId).toBe(Images![0]!.BlockDeviceMappings![0]!.Ebs!.SnapshotId);
  expect(Volumes![0]!.Attachments![0]).toMatchObject({ State: 'attached', DeleteOnTermination: true });
});

test('its status checks pass once it answers, and its console tells of the boot', async () => {
  await eventually('status ok', async () => {
    const { InstanceStatuses } = await stage.ec2.send(
      new DescribeInstanceStatusCommand({ InstanceIds: [first] }),
    );
    return InstanceStatuses?.[0]?.InstanceStatus?.Status === 'ok';
  });
  const { Output } = await stage.ec2.send(new GetConsoleOutputCommand({ InstanceId: first }));
  expect(Buffer.from(Output!, 'base64').toString()).toContain('ready');
});

test('an image of the changed instance carries the change, also what was not yet on its disk', async () => {
  await inGuest(stage, first, 'echo configured once | sudo tee /etc/motd');
  const created = await stage.ec2.send(new CreateImageCommand({ InstanceId: first, Name: 'configured' }));
  imageId = created.ImageId!;
  await waitUntilImageAvailable(waiter(), { ImageIds: [imageId] });
  expect((await describe(stage.ec2, first)).State?.Name).toBe('running');
  const { Images } = await stage.ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
  expect(Images![0]).toMatchObject({
    SourceInstanceId: first,
    SourceImageId: stage.imageId,
    Architecture: 'x86_64',
  });
});

test('four copies carry the change, each with its own disk', async () => {
  copies = await launch({ ...stage, imageId }, { MinCount: 4, MaxCount: 4 });
  expect(new Set(copies).size).toBe(4);
  await Promise.all(copies.map(id => inGuest(stage, id, `echo ${id} | sudo tee /etc/own; sync`)));
  for (const id of [first, ...copies])
    expect(await inGuest(stage, id, 'cat /etc/motd')).toBe('configured once');
  for (const id of copies) expect(await inGuest(stage, id, 'cat /etc/own')).toBe(id);
  expect(await inGuest(stage, first, 'cat /etc/own 2>/dev/null || echo none')).toBe('none');
});

test('guests outlive a server that is killed, and the next one serves them on', async () => {
  const before = await inGuest(stage, copies[0]!, 'cat /proc/sys/kernel/random/boot_id');
  await amity.kill();
  const ec2 = stage.ec2;
  amity = await startAmity(amity.data);
  stage = { ...stage, ec2: amity.ec2() };
  ec2.destroy();
  expect(await inGuest(stage, copies[0]!, 'cat /proc/sys/kernel/random/boot_id')).toBe(before);
  expect((await describe(stage.ec2, copies[0]!)).State?.Name).toBe('running');
});

test('a stopped instance starts again with its data and its private address', async () => {
  const id = copies[1]!;
  const { PrivateIpAddress } = await describe(stage.ec2, id);
  await inGuest(stage, id, 'echo kept | sudo tee /etc/kept');
  const { StoppingInstances } = await stage.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  expect(StoppingInstances![0]).toMatchObject({
    PreviousState: { Name: 'running', Code: 16 },
    CurrentState: { Name: 'stopping', Code: 64 },
  });
  await untilState(stage.ec2, id, 'stopped');
  await stage.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  expect(await inGuest(stage, id, 'cat /etc/kept /etc/own')).toBe(`kept\n${id}`);
  expect((await describe(stage.ec2, id)).PrivateIpAddress).toBe(PrivateIpAddress);
});

test('a rebooted instance comes back', async () => {
  const id = copies[2]!;
  const before = await inGuest(stage, id, 'cat /proc/sys/kernel/random/boot_id');
  await stage.ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
  await eventually('another boot', async () => {
    const now = await inGuest(stage, id, 'cat /proc/sys/kernel/random/boot_id');
    return now !== before;
  });
});

test('an instance that shuts itself down while no server looks is found stopped, with the reason', async () => {
  const id = copies[0]!;
  await inGuest(stage, id, 'sudo sh -c "(sleep 1; poweroff) >/dev/null 2>&1 &"');
  await amity.kill();
  await delay(8_000);
  amity = await startAmity(amity.data);
  stage = { ...stage, ec2: amity.ec2() };
  const instance = await untilState(stage.ec2, id, 'stopped');
  expect(instance.StateReason?.Code).toBe('Client.InstanceInitiatedShutdown');
});

test('an instance that shuts itself down is stopped, and says so', async () => {
  const id = copies[2]!;
  await inGuest(stage, id, 'sudo sh -c "(sleep 1; poweroff) >/dev/null 2>&1 &"');
  const instance = await untilState(stage.ec2, id, 'stopped');
  expect(instance.StateReason?.Code).toBe('Client.InstanceInitiatedShutdown');
});

test('a second snapshot of a volume holds what changed, and can be deleted', async () => {
  const { BlockDeviceMappings } = await describe(stage.ec2, copies[3]!);
  const VolumeId = BlockDeviceMappings![0]!.Ebs!.VolumeId!;
  const ids: string[] = [];
  for (const round of ['one', 'two']) {
    await inGuest(stage, copies[3]!, `echo ${round} | sudo tee /etc/round; sync`);
    const { SnapshotId } = await stage.ec2.send(new CreateSnapshotCommand({ VolumeId }));
    await waitUntilSnapshotCompleted(waiter(), { SnapshotIds: [SnapshotId!] });
    ids.push(SnapshotId!);
  }
  for (const SnapshotId of ids) await stage.ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  await expect(stage.ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: ids }))).rejects.toMatchObject({
    name: 'InvalidSnapshot.NotFound',
  });
});

test('the snapshot of an image cannot be deleted while it is registered', async () => {
  const { Images } = await stage.ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
  const SnapshotId = Images![0]!.BlockDeviceMappings![0]!.Ebs!.SnapshotId!;
  await expect(stage.ec2.send(new DeleteSnapshotCommand({ SnapshotId }))).rejects.toMatchObject({
    name: 'InvalidSnapshot.InUse',
    message: `The snapshot ${SnapshotId} is currently in use by ${imageId}`,
  });
});

test('a deregistered image launches no more, and its instances start and stop without it', async () => {
  await stage.ec2.send(new DeregisterImageCommand({ ImageId: imageId }));
  await expect(launch({ ...stage, imageId })).rejects.toMatchObject({ name: /InvalidAMIID/ });
  await stage.ec2.send(new StartInstancesCommand({ InstanceIds: [copies[2]!] }));
  expect(await inGuest(stage, copies[2]!, 'cat /etc/motd')).toBe('configured once');
});

test('terminated instances take their volumes with them', async () => {
  const InstanceIds = [first, ...copies];
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  await waitUntilInstanceTerminated(waiter(), { InstanceIds });
  await eventually('volumes deleted', async () => {
    const { Volumes } = await stage.ec2.send(new DescribeVolumesCommand({}));
    return Volumes!.every(volume => volume.State === 'deleted');
  });
});
