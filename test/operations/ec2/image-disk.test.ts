import type { DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DiskFacts } from '../../../src/domain/disk-facts.ts';
import { copyImage } from '../../../src/operations/ec2/copy-image.ts';
import { describeImages } from '../../../src/operations/ec2/describe-images.ts';
import { registerImage } from '../../../src/operations/ec2/register-image.ts';
import { aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const root = hexId('snap', 1);
const debian: DiskFacts = {
  operatingSystem: { family: 'linux', name: 'Debian 12', id: 'debian', version: '12' },
  architecture: 'x86_64',
  bios: true,
  uefi: false,
};
const windows: DiskFacts = { operatingSystem: { family: 'windows', name: 'Windows' } };

beforeEach(() => {
  region = testRegion();
});

async function register(disk: DiskFacts | undefined, fields: object = {}): Promise<Image> {
  await region.records.transaction(records =>
    records.snapshots.put(aSnapshot({ ...(disk && { disk }), createVolumePermissions: ['all'] })),
  );
  const { ImageId } = await region.call<{ ImageId: string }>(registerImage, {
    Name: 'golden',
    Architecture: 'x86_64',
    VirtualizationType: 'hvm',
    RootDeviceName: '/dev/xvda',
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: root } }],
    ...fields,
  });
  const { Images } = await region.call<DescribeImagesResult>(describeImages, { ImageIds: [ImageId] });
  return Images![0]!;
}

describe('an image registered from a snapshot whose disk is known', () => {
  test('shows what is on the disk to its owner', async () => {
    expect(await register(debian)).toMatchObject({
      PlatformDetails: 'Linux/UNIX',
      UsageOperation: 'RunInstances',
      Platform: undefined,
      Tags: [{ Key: 'aws:amity:disk', Value: 'Debian 12, x86_64, boots with BIOS' }],
    });
  });

  test('keeps the tags that were asked for beside that', async () => {
    const TagSpecifications = [{ ResourceType: 'image', Tags: [{ Key: 'team', Value: 'web' }] }];
    const image = await register(debian, { TagSpecifications });
    expect(image.Tags?.map(tag => tag.Key).sort()).toEqual(['aws:amity:disk', 'team']);
  });

  test('of Windows is of its platform, and may be copied by whom it is shared with', async () => {
    const image = await register(windows);
    expect(image).toMatchObject({
      Platform: 'windows',
      PlatformDetails: 'Windows BYOL',
      UsageOperation: 'RunInstances:0800',
    });
    await region.records.transaction(async records => {
      const record = (await records.images.get(image.ImageId!))!;
      await records.images.put({ ...record, launchPermissions: [{ userId: stranger }] });
    });
    const copy = { SourceImageId: image.ImageId, SourceRegion: 'us-east-1', Name: 'copy' };
    await expect(region.call(copyImage, copy, stranger)).resolves.toHaveProperty('ImageId');
  });

  test('is refused for another architecture or boot mode, and nothing is kept of it', async () => {
    expect(await refusal(register(debian, { Architecture: 'arm64' }))).toEqual([
      'InvalidParameterValue',
      `Value (arm64) for parameter Architecture does not match the disk: the root snapshot ${root} holds Debian 12, x86_64, boots with BIOS. Register it with Architecture=x86_64.`,
      400,
    ]);
    expect((await refusal(register(debian, { BootMode: 'uefi' })))[0]).toBe('InvalidParameterValue');
    expect(await region.records.read.images.list()).toEqual([]);
    expect(await region.records.read.tags.list()).toEqual([]);
  });

  test("keeps Amazon's default architecture where none is asked for", async () => {
    expect((await register(debian, { Architecture: undefined })).Architecture).toBe('i386');
  });

  test.each([undefined, {}, { problem: 'noise' }])('with facts %j is what it was asked to be', async disk => {
    expect(await register(disk, { Architecture: 'arm64', BootMode: 'uefi' })).toMatchObject({
      Architecture: 'arm64',
      BootMode: 'uefi',
      PlatformDetails: 'Linux/UNIX',
      Tags: [],
    });
  });
});
