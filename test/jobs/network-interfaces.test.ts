import type { AttachNetworkInterfaceResult } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askForHeldInterfaces } from '../../src/jobs/detach-network-interface.ts';
import { attachNetworkInterface } from '../../src/operations/ec2/attach-network-interface.ts';
import { deleteNetworkInterface } from '../../src/operations/ec2/delete-network-interface.ts';
import { detachNetworkInterface } from '../../src/operations/ec2/detach-network-interface.ts';
import { modifyNetworkInterfaceAttribute } from '../../src/operations/ec2/modify-network-interface-attribute.ts';
import { startInstances } from '../../src/operations/ec2/start-instances.ts';
import { stopInstances } from '../../src/operations/ec2/stop-instances.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import { newInterface } from '../operations/ec2/network-interface-fixtures.ts';
import { launched } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';
import { aLife, type Life } from './mortal.ts';

let region: JobRegion;
let instanceId: string;
let primary: string;
let second: string;
let attachmentId: string;

async function prepare(): Promise<void> {
  region = await jobRegion();
  ({ instanceId } = await launched(region));
  primary = (await region.records.read.instances.get(instanceId))!.networkInterfaceId;
  second = (await newInterface(region)).NetworkInterfaceId!;
}
afterEach(() => region.close());

const recordOf = (id: string) => region.records.read.networkInterfaces.get(id);
const status = async () => (await recordOf(second))?.attachment?.status;
const endpoints = async () => {
  const { vpcId } = (await recordOf(primary))!;
  return region.network.plan(vpcId)!.endpoints.map(one => one.networkInterfaceId);
};
async function attach(): Promise<void> {
  const input = { NetworkInterfaceId: second, InstanceId: instanceId, DeviceIndex: 1 };
  const answer = await region.call<AttachNetworkInterfaceResult>(attachNetworkInterface, input);
  attachmentId = answer.AttachmentId!;
}
const detach = (Force = false) => region.call(detachNetworkInterface, { AttachmentId: attachmentId, Force });
const each = (operation: typeof stopInstances) => region.call(operation, { InstanceIds: [instanceId] });

test('a launch attaches the interfaces it was asked for', async () => {
  region = await jobRegion();
  const NetworkInterfaces = [{ DeviceIndex: 0 }, { DeviceIndex: 1 }];
  ({ instanceId } = await launched(region, undefined, { NetworkInterfaces }));
  const own = await region.records.read.networkInterfaces.list({ instanceId });
  expect(own.map(one => one.attachment!.status)).toEqual(['attached', 'attached']);
  expect(region.engine.nics(instanceId)).toEqual(
    own
      .sort((a, b) => a.attachment!.deviceIndex - b.attachment!.deviceIndex)
      .map(one => one.networkInterfaceId),
  );
});

describe('an interface of a running guest', () => {
  beforeEach(async () => {
    await prepare();
    await attach();
    await region.settle();
  });

  test('is plugged into it, and has its place in the VPC', async () => {
    expect(await status()).toBe('attached');
    expect(region.engine.nics(instanceId)).toEqual([primary, second]);
    expect(await endpoints()).toEqual([primary, second]);
  });

  test('is taken from it, and has no place any more', async () => {
    await detach();
    await region.settle();
    expect(await recordOf(second)).not.toHaveProperty('attachment');
    expect(region.engine.nics(instanceId)).toEqual([primary]);
    expect(await endpoints()).toEqual([primary]);
    await region.call(deleteNetworkInterface, { NetworkInterfaceId: second });
  });

  test('is detaching while the guest holds it, and goes once that lets go', async () => {
    region.engine.hold(second, true);
    await detach();
    await region.settle();
    await askForHeldInterfaces(region.services);
    await region.settle();
    expect(await status()).toBe('detaching');
    region.engine.hold(second, false);
    await askForHeldInterfaces(region.services);
    await region.settle();
    expect(await status()).toBeUndefined();
  });

  test('is taken by force from a guest that holds it', async () => {
    region.engine.hold(second, true);
    await detach();
    await region.settle();
    await detach(true);
    await region.settle();
    expect(await status()).toBeUndefined();
    expect(region.engine.nics(instanceId)).toEqual([primary]);
  });

  test('that holds it is without it after a stop', async () => {
    region.engine.hold(second, true);
    await detach();
    await region.settle();
    await each(stopInstances);
    await region.settle();
    await askForHeldInterfaces(region.services);
    await region.settle();
    expect(await status()).toBeUndefined();
    await each(startInstances);
    await region.settle();
    expect(region.engine.nics(instanceId)).toEqual([primary]);
  });

  test('stays over stop and start and a crash, and outlives its instance', async () => {
    await each(stopInstances);
    await region.settle();
    await each(startInstances);
    await region.settle();
    expect(region.engine.nics(instanceId)).toEqual([primary, second]);
    region.time = new Date(region.time.getTime() + 60_000);
    region.engine.crash(instanceId);
    await region.settle();
    expect(region.engine.nics(instanceId)).toEqual([primary, second]);
    await each(terminateInstances);
    await region.settle();
    expect(await recordOf(primary)).toBeUndefined();
    expect(await recordOf(second)).toMatchObject({ networkInterfaceId: second });
    expect(await status()).toBeUndefined();
  });

  test('goes with its instance where it is told to', async () => {
    await region.call(modifyNetworkInterfaceAttribute, {
      NetworkInterfaceId: second,
      Attachment: { AttachmentId: attachmentId, DeleteOnTermination: true },
    });
    await each(terminateInstances);
    await region.settle();
    expect(await region.records.read.networkInterfaces.list()).toEqual([]);
  });
});

test('an interface that a guest cannot be given is available again', async () => {
  await prepare();
  region.services.engine.attachNic = async () => {
    throw new Error('no');
  };
  await attach();
  await region.settle();
  expect(await recordOf(second)).not.toHaveProperty('attachment');
  expect(await endpoints()).toEqual([primary]);
});

/** Attaches and detaches an interface, each at rest before the next. */
async function comesAndGoes(life: Life): Promise<string> {
  region = await jobRegion(life);
  const settle = async () => {
    await Promise.race([region.settle(), life.death]);
    if (!life.dead) return;
    if (!life.succeeded) await region.restart();
    life.succeeded = true;
    await region.settle();
  };
  ({ instanceId } = await launched(region, settle));
  primary = (await region.records.read.instances.get(instanceId))!.networkInterfaceId;
  second = (await newInterface(region)).NetworkInterfaceId!;
  const seen: unknown[] = [];
  const look = async () => seen.push(await status(), region.engine.nics(instanceId), await endpoints());
  await attach();
  await settle();
  await look();
  await detach();
  await settle();
  await look();
  return JSON.stringify(seen).replaceAll(primary, 'primary').replaceAll(second, 'second');
}

test('a server killed before any step of an attach or a detach is gone on with to the same end', {
  timeout: 120_000,
}, async () => {
  const life = aLife();
  const expected = await comesAndGoes(life);
  const both = ['primary', 'second'];
  expect(JSON.parse(expected)).toEqual(['attached', both, both, null, ['primary'], ['primary']]);
  await region.close();
  for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
    const seen = await comesAndGoes(aLife(dieAt)).catch(String);
    expect([dieAt, seen]).toEqual([dieAt, expected]);
    await region.close();
  }
});
