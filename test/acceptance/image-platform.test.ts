/** What images say of their disks, from the disk's bytes to the SDK's answer: against a real server, no guests. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeImagesCommand,
  type EC2Client,
  RegisterImageCommand,
  type RegisterImageRequest,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, startAmity, temporaryFolder } from '../support/amity.ts';
import { fixture, gptDisk, gptType, mbrDisk } from '../support/disks.ts';
import { endEverything } from '../support/leftovers.ts';

const data = temporaryFolder('platform');
const disks = {
  linux: mbrDisk([{ type: 0x83, contents: fixture('ext4') }]),
  windows: mbrDisk([{ type: 7, contents: fixture('ntfs') }]),
  macos: gptDisk([{ type: gptType.apfs, contents: Buffer.alloc(4096) }]),
};
let amity: Amity;
let ec2: EC2Client;

beforeAll(async () => {
  amity = await startAmity(data, '--regions', 'us-east-1');
  ec2 = amity.ec2();
});
afterAll(async () => {
  await amity?.stop();
  await endEverything(data);
  rmSync(data, { recursive: true, force: true });
});

async function imported(disk: keyof typeof disks): Promise<string> {
  const file = join(data, `${disk}.raw`);
  writeFileSync(file, disks[disk]);
  const { stdout } = await amity.command('snapshot', 'import', file, '--force', '--json');
  return JSON.parse(stdout).snapshotId;
}

const register = (Name: string, SnapshotId: string, fields: Partial<RegisterImageRequest> = {}) =>
  ec2.send(
    new RegisterImageCommand({
      Name,
      ...{ Architecture: 'x86_64', VirtualizationType: 'hvm', RootDeviceName: '/dev/xvda' },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }],
      ...fields,
    }),
  );

test.each([
  [
    'linux',
    { PlatformDetails: 'Linux/UNIX', UsageOperation: 'RunInstances' },
    'Debian GNU/Linux 12 (bookworm), x86_64, boots with BIOS',
  ],
  [
    'windows',
    { Platform: 'windows', PlatformDetails: 'Windows BYOL', UsageOperation: 'RunInstances:0800' },
    'Windows Server 2022 Standard, x86_64, boots with BIOS',
  ],
  ['macos', { PlatformDetails: 'Linux/UNIX', UsageOperation: 'RunInstances' }, 'macOS'],
] as const)('an image of a %s disk says so', async (disk, platform, told) => {
  const { ImageId } = await register(`a ${disk} disk`, await imported(disk));
  const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId!] }));
  const tag = { Key: 'aws:amity:disk', Value: expect.stringContaining(told) };
  expect(Images).toMatchObject([{ ...platform, Tags: [tag] }]);
});

test('an architecture or a boot mode that the disk contradicts is refused, and told what fits', async () => {
  const snapshotId = await imported('linux');
  await expect(register('wrong', snapshotId, { Architecture: 'arm64' })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `Value (arm64) for parameter Architecture does not match the disk: the root snapshot ${snapshotId} holds Debian GNU/Linux 12 (bookworm), x86_64, boots with BIOS. Register it with Architecture=x86_64.`,
    $metadata: { httpStatusCode: 400 },
  });
  await expect(register('wrong', snapshotId, { BootMode: 'uefi' })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining('BootMode'),
  });
  const { Images } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: 'name', Values: ['wrong'] }] }),
  );
  expect(Images).toEqual([]);
});
