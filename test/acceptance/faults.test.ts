/**
 * The processes a guest depends on, killed -9 while it writes: nothing it has flushed is lost, and the service is back. The
 * table in SPECIFICATION.md says what happens.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeInstanceStatusCommand,
  GetConsoleOutputCommand,
  waitUntilSnapshotCompleted,
  waitUntilVolumeAvailable,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';
import { type Amity, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;
let id: string;
let volumeId: string;

const options = ['--regions', 'us-east-1'];
const waiter = () => ({ client: stage.ec2, maxWaitTime: 120, minDelay: 1, maxDelay: 1 });

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('faults'), ...options);
  stage = await setStage(amity);
  [id] = (await launch(stage)) as [string];
  volumeId = await newVolume({ Size: 1 });
  await inGuest(stage, id, 'true');
  await attach(volumeId, '/dev/sdf');
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(amity.data);
  rmSync(amity.data, { recursive: true, force: true });
});

async function newVolume(input: object): Promise<string> {
  const { VolumeId } = await stage.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', ...input }),
  );
  await waitUntilVolumeAvailable(waiter(), { VolumeIds: [VolumeId!] });
  return VolumeId!;
}

const attach = (VolumeId: string, Device: string) =>
  stage.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId: id, Device }));
const processes = () => ownedProcesses(join(amity.data, 'us-east-1', 'processes'));
const killProcess = (name: string) => {
  const found = processes().find(name);
  if (!found) throw new Error(`${name} does not run`);
  process.kill(found.pid, 'SIGKILL');
};
const named = (volume: string) =>
  `n=; until [ "$n" ]; do n=$(grep -ls ${volume.replace('-', '')} /sys/block/*/serial | cut -d / -f 4); usleep 100000; done`;
const bootId = () => inGuest(stage, id, 'cat /proc/sys/kernel/random/boot_id');
const isWell = () =>
  eventually('status ok', async () => {
    const { InstanceStatuses } = await stage.ec2.send(
      new DescribeInstanceStatusCommand({ InstanceIds: [id] }),
    );
    return InstanceStatuses?.[0]?.InstanceStatus?.Status === 'ok';
  });

/**
 * Writes numbers, which no other round does, to a file of the root and to the raw volume, flushes both, then says so on the
 * console.
 */
async function startWriter(round: number): Promise<void> {
  const number = `printf %d%07d ${round} $i`;
  const toFile = `${number} | dd of=/var/count conv=fsync,notrunc 2>/dev/null`;
  const toVolume = `${number} | dd of=/dev/'$n' bs=8 seek=$((i*512)) conv=fsync,notrunc 2>/dev/null`;
  const loop = `i=0; while :; do i=$((i+1)); ${toFile} && ${toVolume} && echo flushed ${round} $i > /dev/ttyS0; done`;
  await inGuest(stage, id, `${named(volumeId)}; sudo -b sh -c '${loop}' >/dev/null 2>&1 </dev/null`);
  await eventually('twenty flushed writes', async () => (await flushed(round)) >= 20);
}

/** How many numbers of the round the guest has said to be flushed. */
async function flushed(round: number): Promise<number> {
  const { Output } = await stage.ec2.send(new GetConsoleOutputCommand({ InstanceId: id, Latest: true }));
  const lines = Buffer.from(Output!, 'base64').toString('latin1').split(/\r?\n/);
  const said = new RegExp(`^flushed ${round} (\\d+)$`);
  // The last line may be cut.
  return Math.max(0, ...lines.slice(0, -1).flatMap(line => Number(said.exec(line)?.[1] ?? 0)));
}

async function expectNothingLost(round: number): Promise<void> {
  const last = await flushed(round);
  const number = (index: number) => `${round}${String(index).padStart(7, '0')}`;
  expect(Number(await inGuest(stage, id, 'cat /var/count'))).toBeGreaterThanOrEqual(Number(number(last)));
  const read = `sudo dd if=/dev/$n bs=4096 skip=1 count=${last} 2>/dev/null | tr -d '\\0'`;
  const numbers = Array.from({ length: last }, (_, index) => number(index + 1));
  expect(await inGuest(stage, id, `${named(volumeId)}; ${read}`)).toBe(numbers.join(''));
  console.log(`${last} flushed writes of each disk, none lost`);
}

test.each([
  [1, 'QEMU', () => [`qemu-${id}`]],
  [2, 'the storage daemon', () => [`qsd-${id}`]],
  [3, 'QEMU and the storage daemon', () => [`qemu-${id}`, `qsd-${id}`]],
])(
  '%i. %s killed: the guest boots again, with all that it had flushed on both disks',
  async (round, _, names) => {
    await isWell();
    const boot = await bootId();
    await startWriter(round);
    for (const name of names()) killProcess(name);
    await eventually('another boot', async () => (await bootId()) !== boot);
    const { State, StateReason, BlockDeviceMappings } = await describe(stage.ec2, id);
    expect([State?.Name, StateReason?.Code, BlockDeviceMappings!.length]).toEqual(['running', undefined, 2]);
    await expectNothingLost(round);
  },
);

test('server and QEMU killed: the next server boots the guest again, with all that it had flushed', async () => {
  await isWell();
  const boot = await bootId();
  await startWriter(4);
  await amity.kill();
  killProcess(`qemu-${id}`);
  stage.ec2.destroy();
  amity = await startAmity(amity.data, ...options);
  stage = { ...stage, ec2: amity.ec2() };
  await eventually('another boot', async () => (await bootId()) !== boot);
  await expectNothingLost(4);
});

test('the block server killed, again and again: the guest waits for its reads, and goes on', async () => {
  const sum = 'sudo dd if=/dev/$n bs=1M count=48 2>/dev/null | md5sum';
  const fill = 'head -c 50331648 /dev/urandom | sudo dd of=/dev/$n bs=64k conv=fsync,notrunc 2>/dev/null';
  const written = await inGuest(stage, id, `${named(volumeId)}; ${fill}; ${sum}`);
  const { SnapshotId } = await stage.ec2.send(new CreateSnapshotCommand({ VolumeId: volumeId }));
  await waitUntilSnapshotCompleted(waiter(), { SnapshotIds: [SnapshotId!] });
  const copy = await newVolume({ SnapshotId });
  await attach(copy, '/dev/sdg');
  await inGuest(stage, id, named(copy));
  const boot = await bootId();

  let reading = true;
  const read = inGuest(stage, id, `${named(copy)}; ${sum}; echo x | sudo tee /var/written; sync`).finally(
    () => {
      reading = false;
    },
  );
  let kills = 0;
  while (reading && kills < 5) {
    killProcess('block-server');
    kills++;
    await eventually('another block server', async () => processes().find('block-server') !== undefined);
  }
  expect(await read).toBe(`${written}\nx`);
  expect(kills).toBeGreaterThan(1);
  expect(await bootId()).toBe(boot);
});
