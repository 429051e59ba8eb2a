import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeImagesCommand,
  type EC2Client,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
  waitUntilImageAvailable,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../client.ts';
import type { Progress } from '../progress.ts';
import { checkDisk } from './check-disk.ts';
import { type Machine, type Recipe, runRecipe } from './recipe.ts';
import { snapshotOf } from './snapshot.ts';

export interface BuiltImage {
  imageId: string;
  name: string;
  /** The account had an image of this name already. */
  reused: boolean;
}

/** What an image is called that was given no name: `tiny`, `tiny-arm64`, `tiny-uefi`. */
export function defaultName(recipe: Recipe, { architecture = 'x86_64', bootMode }: Machine): string {
  const isUsual = bootMode === undefined || bootMode === (architecture === 'arm64' ? 'uefi' : 'legacy-bios');
  return [
    recipe.name,
    ...(architecture === 'x86_64' ? [] : [architecture]),
    ...(isUsual ? [] : [bootMode]),
  ].join('-');
}

/** Builds the recipe's disk and registers it under `name`, unless the account has an image of that name. */
export async function buildImage(
  recipe: Recipe,
  machine: Machine,
  name: string,
  everybody: boolean,
  clients: Pick<Clients, 'ec2' | 'ebs'>,
  progress: Progress,
): Promise<BuiltImage> {
  const present = await imageNamed(clients.ec2, name);
  const imageId = present ?? (await buildAndRegister(recipe, machine, name, clients, progress));
  await waitUntilImageAvailable(
    { client: clients.ec2, maxWaitTime: 600, minDelay: 1, maxDelay: 5 },
    { ImageIds: [imageId] },
  );
  if (everybody)
    await clients.ec2.send(
      new ModifyImageAttributeCommand({ ImageId: imageId, LaunchPermission: { Add: [{ Group: 'all' }] } }),
    );
  return { imageId, name, reused: present !== undefined };
}

async function imageNamed(ec2: EC2Client, name: string): Promise<string | undefined> {
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'name', Values: [name] }] }),
  );
  return Images[0]?.ImageId;
}

async function buildAndRegister(
  recipe: Recipe,
  machine: Machine,
  name: string,
  clients: Pick<Clients, 'ec2' | 'ebs'>,
  progress: Progress,
): Promise<string> {
  const { architecture = 'x86_64' } = machine;
  // Left out for the BIOS, as most such images have it.
  const bootMode = machine.bootMode ?? (architecture === 'arm64' ? 'uefi' : undefined);
  const folder = await mkdtemp(join(tmpdir(), 'amity-image-'));
  try {
    const disk = join(folder, 'disk.raw');
    await runRecipe(recipe, machine, disk, progress);
    const size = await checkDisk(disk);
    const { snapshotId } = await snapshotOf(disk, size, `Image ${name}`, clients, progress);
    progress.step(`Registering ${name}`);
    const { ImageId } = await clients.ec2.send(
      new RegisterImageCommand({
        Name: name,
        Description: `Built from the recipe ${recipe.name}`,
        Architecture: architecture,
        BootMode: bootMode,
        VirtualizationType: 'hvm',
        RootDeviceName: '/dev/xvda',
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: { SnapshotId: snapshotId, VolumeType: 'gp3', DeleteOnTermination: true },
          },
        ],
        EnaSupport: true,
      }),
    );
    return ImageId!;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
