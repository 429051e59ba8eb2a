import type { Reservation, Instance as ShownInstance } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import type { Image } from '../../../src/domain/image.ts';
import type { Instance } from '../../../src/domain/instance.ts';
import type { Snapshot } from '../../../src/domain/snapshot.ts';
import { endLeases, noteAttached, releaseInterfaces } from '../../../src/jobs/instance-interfaces.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { owner, type TestRegion } from '../region.ts';

export const imageId = 'ami-0123456789abcdef0';
export const snapshotId = 'snap-0123456789abcdef0';

/** Puts an image that every nitro type can launch, with an 8 GiB root from a completed snapshot. */
export async function putImage(region: TestRegion, changes: Partial<Image> = {}): Promise<Image> {
  const image: Image = {
    imageId,
    ownerId: owner,
    name: 'tiny',
    state: 'available',
    creationDate: '2026-05-10T13:00:00.000Z',
    imageLocation: `${owner}/tiny`,
    architecture: 'x86_64',
    virtualizationType: 'hvm',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/sda1',
    blockDeviceMappings: [
      {
        deviceName: '/dev/sda1',
        ebs: { snapshotId, volumeSize: 8, volumeType: 'gp3', deleteOnTermination: true, encrypted: false },
      },
    ],
    launchPermissions: [],
    platformDetails: 'Linux/UNIX',
    usageOperation: 'RunInstances',
    productCodes: [],
    enaSupport: true,
    ...changes,
  };
  await region.records.transaction(async records => {
    await records.images.put(image);
    await records.snapshots.put(snapshot());
  });
  return image;
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    snapshotId,
    ownerId: owner,
    volumeId: 'vol-ffffffff',
    volumeSize: 8,
    state: 'completed',
    startTime: '2026-05-10T13:00:00.000Z',
    progress: 100,
    description: '',
    encrypted: false,
    productCodes: [],
    createVolumePermissions: [],
    ...changes,
  };
}

/** Launches and returns what RunInstances showed. */
export async function launch(region: TestRegion, input: object = {}): Promise<ShownInstance[]> {
  const answer = await region.call<Reservation>(runInstances, {
    ImageId: imageId,
    MinCount: 1,
    MaxCount: 1,
    InstanceType: 't3.micro',
    ...input,
  });
  return answer.Instances!;
}

/** Does what jobs do to the records of an instance in a state, or sets anything else of it. */
export async function change(
  region: TestRegion,
  instanceId: string,
  changes: Partial<Instance>,
): Promise<void> {
  await region.records.transaction(async records => {
    await records.instances.put({ ...(await records.instances.get(instanceId))!, ...changes });
    if (changes.state === 'running') await noteAttached(records, instanceId);
    if (changes.state === 'stopped') await endLeases(records, instanceId);
    if (changes.state === 'terminated') await releaseInterfaces(records, instanceId);
  });
}

/** Launches one instance and brings its record to `state`. */
export async function instanceIn(
  region: TestRegion,
  state: Instance['state'],
  input: object = {},
): Promise<string> {
  const [instance] = await launch(region, input);
  await change(region, instance!.InstanceId!, {
    state,
    ...(state === 'terminated' && { terminatedTime: region.time.toISOString() }),
  });
  return instance!.InstanceId!;
}

/** Expects the call to fail with exactly this error. */
export async function refusal(
  region: TestRegion,
  operation: Operation,
  input: unknown,
  error: { code: string; message?: unknown; status?: number },
  accountId?: string,
): Promise<void> {
  await expect(region.call(operation, input, accountId)).rejects.toMatchObject({ status: 400, ...error });
}
