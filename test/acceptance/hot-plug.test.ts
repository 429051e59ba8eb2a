/** Volumes that come to running guests, go from them, move between them and grow, through the official SDK. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeVolumeStatusCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  ModifyVolumeCommand,
  RebootInstancesCommand,
  TerminateInstancesCommand,
  type Volume,
  waitUntilSnapshotCompleted,
  waitUntilVolumeAvailable,
  waitUntilVolumeInUse,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, run, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;
let one: string;
let two: string;
let volumeId: string;

const options = ['--regions', 'us-east-1'];
const waiter = () => ({ client: stage.ec2, maxWaitTime: 60, minDelay: 1, maxDelay: 1 });

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('hot-plug'), ...options);
  stage = await setStage(amity);
  [one, two] = (await launch(stage, { MinCount: 2, MaxCount: 2 })) as [string, string];
  for (const id of [one, two]) await inGuest(stage, id, 'true');
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(amity.data);
  rmSync(amity.data, { recursive: true, force: true });
});

const volume = async (id = volumeId): Promise<Volume> =>
  (await stage.ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }))).Volumes![0]!;
const attach = (id: string, InstanceId: string, Device = '/dev/sdf') =>
  stage.ec2.send(new AttachVolumeCommand({ VolumeId: id, InstanceId, Device }));
const detach = (id: string, Force = false) =>
  stage.ec2.send(new DetachVolumeCommand({ VolumeId: id, Force }));
const untilAttachment = (id: string, state: string | undefined) =>
  eventually(`${id} ${state ?? 'detached'}`, async () => {
    const { Attachments } = await volume(id);
    return Attachments![0]?.State === state;
  });

/** The guest's name of a volume, once it has it: its serial is the volume's id. */
const nameOf = (id: string) =>
  `n=; until [ "$n" ]; do n=$(grep -ls ${id.replace('-', '')} /sys/block/*/serial | cut -d / -f 4); usleep 20000; done`;
const onDisk = (instanceId: string, command: string, id = volumeId) =>
  inGuest(stage, instanceId, `${nameOf(id)}; ${command}`);

async function newVolume(input: object = {}): Promise<string> {
  const { VolumeId } = await stage.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 1, ...input }),
  );
  await waitUntilVolumeAvailable(waiter(), { VolumeIds: [VolumeId!] });
  return VolumeId!;
}

/** A file system with a journal, compressed, in base64: the guest cannot make one, and takes no command over 9000 bytes. */
async function emptyExt4(): Promise<string> {
  const file = join(amity.data, 'ext4');
  await run('/usr/sbin/mke2fs', [
    '-q',
    '-t',
    'ext4',
    '-N',
    '16',
    '-J',
    'size=1',
    '-O',
    '^resize_inode',
    file,
    '4M',
  ]);
  return gzipSync(readFileSync(file)).toString('base64');
}

async function restart(): Promise<void> {
  await amity.kill();
  stage.ec2.destroy();
  amity = await startAmity(amity.data, ...options);
  stage = { ...stage, ec2: amity.ec2() };
}

test('an attached volume is seen by the running guest within a second', async () => {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const id = await newVolume({ Encrypted: true });
    const seen = onDisk(one, 'echo $n', id);
    await delay(1_500); // the guest is looking by now
    const start = performance.now();
    const answer = await attach(id, one, `/dev/sd${'fghij'[round]}`);
    expect(answer).toMatchObject({ State: 'attaching', InstanceId: one, DeleteOnTermination: false });
    expect(await seen).toMatch(/^vd/);
    times.push(Math.round(performance.now() - start));
    await waitUntilVolumeInUse(waiter(), { VolumeIds: [id] });
    await untilAttachment(id, 'attached');
    volumeId ??= id;
  }
  console.log(`attach to seen in the guest: ${times.join(', ')} ms`);
  expect(Math.min(...times)).toBeLessThan(1_000);
});

test('what one guest has written is read by another, to which the volume is moved', async () => {
  const fileSystem = await emptyExt4();
  await onDisk(
    one,
    `echo ${fileSystem} | base64 -d | gunzip | sudo dd of=/dev/$n bs=64k 2>/dev/null && sudo mount -t ext4 /dev/$n /mnt && echo moved | sudo tee /mnt/word && sudo umount /mnt`,
  );
  const { State } = await detach(volumeId);
  expect(State).toBe('detaching');
  await waitUntilVolumeAvailable(waiter(), { VolumeIds: [volumeId] });
  expect((await volume()).Attachments).toEqual([]);
  expect(
    await inGuest(stage, one, `grep -ls ${volumeId.replace('-', '')} /sys/block/*/serial || echo none`),
  ).toBe('none');
  await attach(volumeId, two);
  expect(await onDisk(two, 'sudo mount -t ext4 /dev/$n /mnt; cat /mnt/word')).toBe('moved');
});

test('it grows while it is mounted, and its guest sees the new size', async () => {
  expect(await onDisk(two, 'cat /sys/block/$n/size')).toBe(String(2 ** 21));
  await stage.ec2.send(new ModifyVolumeCommand({ VolumeId: volumeId, Size: 2 }));
  await eventually('the guest sees 2 GiB', async () => {
    return (await onDisk(two, 'cat /sys/block/$n/size')) === String(2 ** 22);
  });
  expect(
    await onDisk(
      two,
      'echo grown | sudo tee -a /mnt/word; sync; sudo dd if=/dev/zero of=/dev/$n bs=1M seek=2047 count=1 conv=fsync 2>/dev/null; cat /mnt/word',
    ),
  ).toBe('grown\nmoved\ngrown');
});

test('its snapshot holds what was written, and its status is ok', async () => {
  const { SnapshotId } = await stage.ec2.send(new CreateSnapshotCommand({ VolumeId: volumeId }));
  await waitUntilSnapshotCompleted(waiter(), { SnapshotIds: [SnapshotId!] });
  const copy = await newVolume({ SnapshotId, Size: undefined });
  await attach(copy, one, '/dev/sdp');
  expect(
    await onDisk(one, 'sudo mount -t ext4 -o ro /dev/$n /mnt && cat /mnt/word; sudo umount /mnt', copy),
  ).toBe('moved\ngrown');
  const { VolumeStatuses } = await stage.ec2.send(new DescribeVolumeStatusCommand({ VolumeIds: [copy] }));
  expect(VolumeStatuses![0]).toMatchObject({
    VolumeStatus: { Status: 'ok' },
    AttachmentStatuses: [{ InstanceId: one }],
  });
});

test('it is still there after a reboot', async () => {
  const boot = 'cat /proc/sys/kernel/random/boot_id';
  const before = await inGuest(stage, two, boot);
  await stage.ec2.send(new RebootInstancesCommand({ InstanceIds: [two] }));
  await eventually('another boot', async () => (await inGuest(stage, two, boot)) !== before);
  expect(await onDisk(two, 'sudo mount -t ext4 /dev/$n /mnt; cat /mnt/word')).toBe('moved\ngrown');
  await inGuest(stage, two, 'sudo umount /mnt');
});

test('it is busy while it is mounted, and detached once it is unmounted', async () => {
  await onDisk(two, 'sudo mount -t ext4 /dev/$n /mnt; sync');
  await detach(volumeId);
  await untilAttachment(volumeId, 'busy');
  expect((await volume()).State).toBe('in-use');
  expect(await onDisk(two, 'echo busy | sudo tee -a /mnt/word; sudo umount /mnt')).toBe('busy');
  await untilAttachment(volumeId, undefined);
  expect((await volume()).State).toBe('available');
});

test('it is taken by force from a guest that has it mounted, with what that has flushed', async () => {
  await attach(volumeId, two);
  await onDisk(two, 'sudo mount -t ext4 /dev/$n /mnt; echo forced | sudo tee -a /mnt/word; sync');
  await detach(volumeId, true);
  await untilAttachment(volumeId, undefined);
  await attach(volumeId, one, '/dev/sdo');
  const words = await onDisk(one, 'sudo mount -t ext4 /dev/$n /mnt; cat /mnt/word; sudo umount /mnt');
  expect(words.split('\n')).toEqual(['moved', 'grown', 'busy', 'forced']);
  expect(await inGuest(stage, two, 'echo alive; sudo umount -l /mnt')).toBe('alive');
  await detach(volumeId);
  await untilAttachment(volumeId, undefined);
  await attach(volumeId, two);
  await untilAttachment(volumeId, 'attached');
});

test.each([
  [0, '/dev/sdg'],
  [5, '/dev/sdh'],
  [15, '/dev/sdi'],
  [40, '/dev/sdj'],
  [100, '/dev/sdk'],
])('killed %i ms after one was to grow, the next server lets it', async (ms, device) => {
  const boot = await inGuest(stage, two, 'cat /proc/sys/kernel/random/boot_id');
  // A new one each time: a volume is modified four times a day at most.
  const id = await newVolume();
  await attach(id, two, device);
  await untilAttachment(id, 'attached');
  await stage.ec2.send(new ModifyVolumeCommand({ VolumeId: id, Size: 2 }));
  await delay(ms);
  await restart();
  await eventually('the guest sees 2 GiB', async () => {
    return (await onDisk(two, 'cat /sys/block/$n/size', id)) === String(2 ** 22);
  });
  expect(await inGuest(stage, two, 'cat /proc/sys/kernel/random/boot_id')).toBe(boot);
});

test.each([0, 20, 60, 150])(
  'killed %i ms after an attach and a detach, the next server ends both',
  async ms => {
    await detach(volumeId);
    await delay(ms);
    await restart();
    await untilAttachment(volumeId, undefined);
    await attach(volumeId, two);
    await delay(ms);
    await restart();
    await untilAttachment(volumeId, 'attached');
    expect(await onDisk(two, 'sudo mount -t ext4 /dev/$n /mnt; cat /mnt/word; sudo umount /mnt')).toBe(
      'moved\ngrown\nbusy\nforced',
    );
  },
);

test('terminated, an instance leaves what was attached to it', async () => {
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: [one, two] }));
  for (const id of [one, two]) await untilState(stage.ec2, id, 'terminated');
  expect((await volume()).State).toBe('available');
  expect((await describe(stage.ec2, one)).BlockDeviceMappings ?? []).toEqual([]);
});
