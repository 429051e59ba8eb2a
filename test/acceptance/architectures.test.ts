/** Guests of every architecture and boot mode, on the types that have them: from the recipe to a copy that answers by SSH. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  AttachVolumeCommand,
  CreateImageCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DetachVolumeCommand,
  GetConsoleOutputCommand,
  GetConsoleScreenshotCommand,
  type Image,
  RegisterImageCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type _InstanceType as Type,
  waitUntilImageAvailable,
  waitUntilVolumeAvailable,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, root, startAmity, temporaryFolder } from '../support/amity.ts';
import { describe, inGuest, launch, makeKeyAndGroup, type Stage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

const machines = {
  arm64: ['--architecture', 'arm64'],
  i386: ['--architecture', 'i386'],
  hybrid: ['--boot-mode', 'uefi-preferred'],
};
const recipe = join(root, 'test/support/kept-tiny');
const data = temporaryFolder('architectures');
type Name = keyof typeof machines;
const images = {} as Record<Name, string>;
let amity: Amity;
let stage: Omit<Stage, 'imageId'>;
/** Launched as soon as their images are there, so that they boot while the next are built. */
let arm: string;
let intel: string;
let uefi: string;
let bios: string;

const waiter = () => ({ client: stage.ec2, maxWaitTime: 120, minDelay: 1, maxDelay: 2 });
const variables = (instanceId: string) => join(data, 'us-east-1/instances', instanceId, 'firmware-variables');

beforeAll(async () => {
  amity = await startAmity(data, '--regions', 'us-east-1');
  stage = await makeKeyAndGroup(amity);
  arm = await start(await build('arm64'), 't4g.nano');
  intel = await start(await build('i386'), 't2.nano');
  uefi = await start(await build('hybrid'), 't3.nano');
  bios = await start(images.hybrid, 't2.nano');
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(data);
  rmSync(data, { recursive: true, force: true });
});

async function build(name: Name): Promise<string> {
  const { stdout } = await amity.command('image', 'build', recipe, ...machines[name], '--json');
  images[name] = JSON.parse(stdout).imageId;
  return images[name];
}

async function imageOf(name: Name): Promise<Image> {
  const { Images } = await stage.ec2.send(new DescribeImagesCommand({ ImageIds: [images[name]] }));
  return Images![0]!;
}

const start = async (imageId: string, InstanceType: Type) =>
  (await launch({ ...stage, imageId }, { InstanceType }))[0]!;
const inside = (instanceId: string, command: string) =>
  inGuest({ ...stage, imageId: '' }, instanceId, command);

const terminate = async (...ids: string[]) => {
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
  for (const id of ids) await untilState(stage.ec2, id, 'terminated');
};

test.each([
  ['arm64', { Architecture: 'arm64', BootMode: 'uefi', Name: 'kept-tiny-arm64' }, 'arm64, boots with UEFI'],
  ['i386', { Architecture: 'i386', Name: 'kept-tiny-i386' }, 'i386, boots with BIOS'],
  [
    'hybrid',
    { Architecture: 'x86_64', BootMode: 'uefi-preferred', Name: 'kept-tiny-uefi-preferred' },
    'x86_64, boots with BIOS or UEFI',
  ],
] as const)('the image of the recipe for %s says what its disk holds', async (name, fields, told) => {
  const tag = { Key: 'aws:amity:disk', Value: expect.stringContaining(told) };
  expect(await imageOf(name)).toMatchObject({ ...fields, Tags: [tag] });
});

test('an i386 image boots on a type that has it', async () => {
  expect(await inside(intel, 'uname -m; [ -d /sys/firmware/efi ] || echo BIOS')).toBe('i686\nBIOS');
  expect(await describe(stage.ec2, intel)).toMatchObject({
    Architecture: 'i386',
    CurrentInstanceBootMode: 'legacy-bios',
  });
  await terminate(intel);
});

test('an image that prefers UEFI boots by it, and by the BIOS on a type without it', async () => {
  expect(await inside(uefi, 'uname -m; [ -d /sys/firmware/efi ] && echo UEFI')).toBe('x86_64\nUEFI');
  expect(await inside(bios, '[ -d /sys/firmware/efi ] || echo BIOS')).toBe('BIOS');
  const mode = async (id: string) => (await describe(stage.ec2, id)).CurrentInstanceBootMode;
  expect([await mode(uefi), await mode(bios)]).toEqual(['uefi', 'legacy-bios']);
  expect([existsSync(variables(uefi)), existsSync(variables(bios))]).toEqual([true, false]);
  await terminate(uefi, bios);
});

test('an arm64 image boots on a type that has it, and finds the metadata service', async () => {
  expect(await inside(arm, 'uname -m; [ -d /sys/firmware/efi ] && echo UEFI')).toBe('aarch64\nUEFI');
  expect(await inside(arm, 'sudo metadata meta-data/instance-type; cat /var/lib/instance/id')).toBe(
    `t4g.nano${arm}`,
  );
  expect(await inside(arm, 'sudo cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_uuid')).toMatch(
    /^Amazon EC2\nec2/,
  );
  expect(await describe(stage.ec2, arm)).toMatchObject({
    Architecture: 'arm64',
    BootMode: 'uefi',
    CurrentInstanceBootMode: 'uefi',
  });
});

test('a volume comes to a running arm64 guest and goes from it', async () => {
  const { VolumeId } = await stage.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 1 }),
  );
  await waitUntilVolumeAvailable(waiter(), { VolumeIds: [VolumeId!] });
  await stage.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId: arm, Device: '/dev/sdf' }));
  const disk = `n=; until [ "$n" ]; do n=$(grep -ls ${VolumeId!.replace('-', '')} /sys/block/*/serial | cut -d / -f 4); usleep 50000; done`;
  const word = 'sudo dd if=/dev/$n bs=512 count=1 2>/dev/null | head -c 5';
  expect(
    await inside(
      arm,
      `${disk}; echo moved | sudo dd of=/dev/$n conv=fsync 2>/dev/null; sudo sh -c 'echo 3 >/proc/sys/vm/drop_caches'; ${word}`,
    ),
  ).toBe('moved');
  await stage.ec2.send(new DetachVolumeCommand({ VolumeId }));
  await waitUntilVolumeAvailable(waiter(), { VolumeIds: [VolumeId!] });
  expect(await inside(arm, 'ls /sys/block | grep -c vd')).toBe('1');
});

test('an arm64 instance has no screen, as on AWS', async () => {
  await expect(
    stage.ec2.send(new GetConsoleScreenshotCommand({ InstanceId: arm, WakeUp: true })),
  ).rejects.toMatchObject({ name: 'UnsupportedOperation' });
});

test('an image made of an arm64 instance is one too, and its copy boots with what was changed', async () => {
  await inside(arm, 'echo configured once > page; sync');
  await stage.ec2.send(new StopInstancesCommand({ InstanceIds: [arm] }));
  await untilState(stage.ec2, arm, 'stopped');
  const { Output } = await stage.ec2.send(new GetConsoleOutputCommand({ InstanceId: arm }));
  // It has heard its power button.
  expect(Buffer.from(Output!, 'base64').toString()).toContain('Power down');
  const { ImageId } = await stage.ec2.send(new CreateImageCommand({ InstanceId: arm, Name: 'changed' }));
  await waitUntilImageAvailable(waiter(), { ImageIds: [ImageId!] });
  const { Images } = await stage.ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId!] }));
  expect(Images![0]).toMatchObject({ Architecture: 'arm64', BootMode: 'uefi' });
  const copy = await start(ImageId!, 't4g.nano');
  expect(await inside(copy, 'cat page; uname -m')).toBe('configured once\naarch64');
  await terminate(arm, copy);
});

test('an image is refused on types of other architectures and boot modes', async () => {
  const mismatch = { name: 'InvalidParameterValue', message: expect.stringContaining('does not match') };
  await expect(start(images.arm64, 't3.nano')).rejects.toMatchObject(mismatch);
  await expect(start(images.i386, 't3.nano')).rejects.toMatchObject(mismatch);
  await expect(start(images.hybrid, 't4g.nano')).rejects.toMatchObject(mismatch);
  const { BlockDeviceMappings } = await imageOf('hybrid');
  const SnapshotId = BlockDeviceMappings![0]!.Ebs!.SnapshotId;
  const { ImageId } = await stage.ec2.send(
    new RegisterImageCommand({
      ...{ Name: 'uefi only', Architecture: 'x86_64', VirtualizationType: 'hvm', BootMode: 'uefi' },
      ...{ RootDeviceName: '/dev/xvda', EnaSupport: true },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }],
    }),
  );
  await expect(start(ImageId!, 't2.nano')).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining(
      't2.nano instance type does not support an AMI with a boot mode of UEFI',
    ),
  });
});
