/** A running guest and its volumes: how soon QEMU starts, how soon a volume is seen, what reading it costs the server. */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';
import { type Amity, startAmity, temporaryFolder } from '../../test/support/amity.ts';
import { eventually } from '../../test/support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage, untilState } from '../../test/support/guests.ts';
import { endEverything } from '../../test/support/leftovers.ts';
import { median, type Row } from '../row.ts';

const rounds = 5;
const readMiB = 1024;

export async function measureRunning(): Promise<Row[]> {
  const data = temporaryFolder('bench-running');
  const amity = await startAmity(data, '--regions', 'us-east-1');
  try {
    const stage = await setStage(amity);
    // The VPC's own processes are up as long as it has a guest.
    const [guest] = (await launch(stage)) as [string];
    await inGuest(stage, guest, 'true');
    const rows: Row[] = [];
    for (const size of [8, 1024]) rows.push(await beforeQemu(amity, stage, size));
    rows.push(await untilSeen(stage, guest), await memoryOfReading(amity, stage, guest));
    await end(stage, guest);
    return rows;
  } finally {
    await amity.stop();
    await endEverything(data);
    rmSync(data, { recursive: true, force: true });
  }
}

/** From the call to the birth of the guest's process, whose root volume has `size` GiB. */
async function beforeQemu(amity: Amity, stage: Stage, size: number): Promise<Row> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const called = uptime();
    const [id] = (await launch(stage, {
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: size } }],
    })) as [string];
    await untilState(stage.ec2, id, 'running');
    times.push((bornAt(amity.data, `qemu-${id}`) - called) * 1000);
    await end(stage, id);
  }
  return row('G9', `RunInstances to the start of QEMU, ${size} GiB, ms`, times, 100);
}

async function end({ ec2 }: Stage, instanceId: string): Promise<void> {
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  await untilState(ec2, instanceId, 'terminated');
}

/** Seconds since the machine started. */
const uptime = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);

/** Seconds from the machine's start to that of a process, in hundredths. */
function bornAt(data: string, name: string): number {
  const identity = ownedProcesses(join(data, 'us-east-1', 'processes')).find(name);
  if (!identity) throw new Error(`${name} does not run`);
  return Number(identity.startTime) / 100;
}

/** From AttachVolume to a device the guest has seen, which looks for it all the while. */
async function untilSeen(stage: Stage, instanceId: string): Promise<Row> {
  const { ec2 } = stage;
  const zone = (await describe(ec2, instanceId)).Placement!.AvailabilityZone!;
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: zone, Size: 1 }));
  await untilVolume(stage, VolumeId!, 'available');
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const seen = inGuest(stage, instanceId, 'while [ ! -b /dev/vdb ]; do sleep 0.02; done');
    const start = performance.now();
    await ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId: instanceId, Device: '/dev/sdf' }));
    await seen;
    times.push(performance.now() - start);
    await ec2.send(new DetachVolumeCommand({ VolumeId }));
    await untilVolume(stage, VolumeId!, 'available');
  }
  return row('Attach ≤ 1 s', 'AttachVolume to the device in the guest, ms', times, 1000);
}

/** Reads a snapshot's bytes, none of them alike, through a guest; what the server's peak memory grows by. */
async function memoryOfReading(amity: Amity, stage: Stage, instanceId: string): Promise<Row> {
  const { ec2 } = stage;
  const disk = join(amity.data, 'random.raw');
  await writeRandom(disk, readMiB);
  const { stdout } = await amity.command('snapshot', 'import', disk, '--force', '--json');
  const { snapshotId } = JSON.parse(stdout) as { snapshotId: string };
  const zone = (await describe(ec2, instanceId)).Placement!.AvailabilityZone!;
  const { VolumeId } = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: zone, SnapshotId: snapshotId }),
  );
  await untilVolume(stage, VolumeId!, 'available');
  await ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId: instanceId, Device: '/dev/sdg' }));
  await inGuest(stage, instanceId, 'while [ ! -b /dev/vdb ]; do sleep 0.1; done');
  const before = peakMemory(amity.pid);
  await inGuest(stage, instanceId, 'sudo dd if=/dev/vdb of=/dev/null bs=1M');
  const grown = peakMemory(amity.pid) - before;
  await ec2.send(new DetachVolumeCommand({ VolumeId, Force: true }));
  await ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshotId }));
  return row('Memory of the server', `its peak grows while a guest reads ${readMiB} MiB, by MB`, [grown], 16);
}

async function writeRandom(path: string, mebibytes: number): Promise<void> {
  const file = await open(path, 'w');
  for (let written = 0; written < mebibytes; written++) await file.write(randomBytes(2 ** 20));
  await file.close();
}

/** Megabytes. */
function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1000;
}

function untilVolume({ ec2 }: Stage, volumeId: string, state: string): Promise<unknown> {
  return eventually(`${volumeId} ${state}`, async () => {
    const { Volumes } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [volumeId] }));
    return Volumes![0]!.State === state;
  });
}

function row(goal: string, what: string, times: number[], limit: number): Row {
  const ours = median(times);
  return {
    ...{ goal, what, ours, peer: null, ratio: null, target: `≤ ${limit}`, ok: ours <= limit },
    rounds: { ours: times },
  };
}
