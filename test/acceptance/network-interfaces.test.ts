/** A guest under an Elastic IP address, and with a second network interface: asked from outside, and in the guest itself. */
import { rmSync } from 'node:fs';
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, ssh, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;
let InstanceId: string;
let AllocationId: string;
let elastic: string;

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('interfaces'), '--regions', 'us-east-1');
  stage = await setStage(amity);
  [InstanceId] = (await launch(stage)) as [string];
  const made = await stage.ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  AllocationId = made.AllocationId!;
  elastic = made.PublicIp!;
});

afterAll(async () => {
  await amity?.stop();
  expect(await endEverything(amity.data)).toEqual([]);
  rmSync(amity.data, { recursive: true, force: true });
});

const metadata = (path: string) =>
  inGuest(stage, InstanceId, `wget -qO- http://169.254.169.254/latest/meta-data/${path} || true`);
const opens = (address: string) =>
  ssh(address, stage.keyFile, 'true').then(
    () => true,
    () => false,
  );

test('an Elastic IP address leads to the guest in the place of the one it was leased', async () => {
  await untilState(stage.ec2, InstanceId, 'running');
  const { PublicIpAddress: leased } = await describe(stage.ec2, InstanceId);
  expect(await inGuest(stage, InstanceId, 'hostname -s || hostname')).not.toBe('');
  await stage.ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
  expect((await describe(stage.ec2, InstanceId)).PublicIpAddress).toBe(elastic);
  await eventually('a way in by the Elastic IP address', () => opens(elastic));
  await eventually('no way in by the leased one', async () => !(await opens(leased!)));
  expect(await metadata('public-ipv4')).toBe(elastic);
});

test('a second interface is plugged into the running guest, told by its metadata, and taken out again', async () => {
  const { SubnetId, NetworkInterfaces } = await describe(stage.ec2, InstanceId);
  const first = NetworkInterfaces![0]!.MacAddress!;
  const { NetworkInterface: made } = await stage.ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId, SecondaryPrivateIpAddressCount: 1 }),
  );
  const { NetworkInterfaceId, MacAddress } = made!;
  const { AttachmentId } = await stage.ec2.send(
    new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 1 }),
  );
  const status = async () => {
    const shown = await stage.ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId!] }),
    );
    return shown.NetworkInterfaces![0]!.Attachment?.Status ?? 'detached';
  };
  await eventually('the interface attached', async () => (await status()) === 'attached');
  const macs = () => inGuest(stage, InstanceId, 'cat /sys/class/net/*/address');
  await eventually('the guest sees it', async () => (await macs()).includes(MacAddress!));
  expect((await metadata('network/interfaces/macs/')).split(/\s+/).sort()).toEqual(
    [first, MacAddress!].map(mac => `${mac}/`).sort(),
  );
  const folder = `network/interfaces/macs/${MacAddress}`;
  expect(await metadata(`${folder}/device-number`)).toBe('1');
  expect((await metadata(`${folder}/local-ipv4s`)).split(/\s+/)).toEqual(
    made!.PrivateIpAddresses!.map(address => address.PrivateIpAddress),
  );
  await stage.ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
  await eventually('the interface detached', async () => (await status()) === 'detached');
  expect(await macs()).not.toContain(MacAddress);
  expect(await metadata('network/interfaces/macs/')).toBe(`${first}/`);
});

test('started again, the guest is found under the same address', async () => {
  await stage.ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId], Force: true }));
  const stopped = await untilState(stage.ec2, InstanceId, 'stopped');
  expect(stopped.PublicIpAddress).toBe(elastic);
  await stage.ec2.send(new StartInstancesCommand({ InstanceIds: [InstanceId] }));
  await untilState(stage.ec2, InstanceId, 'running');
  await eventually('a way in by the Elastic IP address', () => opens(elastic), 180_000);
});

test('without it the guest is leased another one, and it can be released', async () => {
  const { Addresses } = await stage.ec2.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId] }));
  const [{ AssociationId }] = Addresses as [{ AssociationId: string }];
  await stage.ec2.send(new DisassociateAddressCommand({ AssociationId }));
  const { PublicIpAddress: leased } = await describe(stage.ec2, InstanceId);
  expect(leased).not.toBe(elastic);
  await eventually('a way in by the leased address', () => opens(leased!));
  expect(await opens(elastic)).toBe(false);
  await stage.ec2.send(new ReleaseAddressCommand({ AllocationId }));
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  await untilState(stage.ec2, InstanceId, 'terminated');
  const { NetworkInterfaces } = await stage.ec2.send(new DescribeNetworkInterfacesCommand({}));
  expect(NetworkInterfaces!.map(one => one.Status)).toEqual(['available']);
});
