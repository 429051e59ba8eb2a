/** Debian's Packer builds the templates of examples/packer, and what it built boots. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DisableImageBlockPublicAccessCommand,
  type Image,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicPorts } from '../../src/networks/namespace/public-port.ts';
import { type Amity, root, run, startAmity, temporaryFolder } from '../support/amity.ts';
import { inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

const hasPacker = existsSync('/usr/bin/packer');
if (!hasPacker) console.log('packer is not installed: what it would build is not tested');

describe.skipIf(!hasPacker)('Packer', () => {
  let amity: Amity;
  let stage: Stage;

  beforeAll(async () => {
    amity = await startAmity(temporaryFolder('packer'), '--regions', 'us-east-1');
    stage = await setStage(amity);
  });

  afterAll(async () => {
    await amity?.stop();
    expect(await endEverything(amity.data)).toEqual([]);
    rmSync(amity.data, { recursive: true, force: true });
  });

  async function build(only: string, variables: Record<string, unknown>): Promise<void> {
    const home = join(amity.data, 'packer');
    mkdirSync(home, { recursive: true });
    const sshPort = (await publicPorts([22], false))(22);
    const set = { endpoint: amity.endpoint, ssh_port: sshPort, ...variables };
    const options = Object.entries(set).flatMap(([name, value]) => [
      '-var',
      `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ]);
    const env = { ...amity.environment(), HOME: home, CHECKPOINT_DISABLE: '1', AWS_POLL_DELAY_SECONDS: '1' };
    const args = ['build', '-color=false', `-only=${only}`, ...options, join(root, 'examples/packer')];
    await run('/usr/bin/packer', args, { cwd: home, env }).catch(error => {
      throw new Error(`${error.message}\n${error.stdout}`);
    });
  }

  async function built(name: string): Promise<Image> {
    const Filters = [{ Name: 'name', Values: [name] }];
    const { Images } = await stage.ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters }));
    expect(Images).toHaveLength(1);
    return Images![0]!;
  }

  const rootOf = (image: Image) => image.BlockDeviceMappings![0]!.Ebs!;

  async function ownSnapshots() {
    const { Snapshots } = await stage.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
    return Snapshots!;
  }

  /** Launches each image, and answers what its guest says to a command. */
  async function ask(...questions: [Image, string][]): Promise<string[]> {
    const asked = await Promise.all(
      questions.map(async ([{ ImageId }, command]) => {
        const [id] = (await launch({ ...stage, imageId: ImageId! })) as [string];
        return { id, said: await inGuest(stage, id, command) };
      }),
    );
    const ids = asked.map(({ id }) => id);
    await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    for (const id of ids) await untilState(stage.ec2, id, 'terminated');
    return asked.map(({ said }) => said);
  }

  const page = 'wget -q -O - http://127.0.0.1/; cut -d " " -f 3 .ssh/authorized_keys';

  test('builds, tags and shares an image of an instance, and one of a volume filled anew; both boot', async () => {
    await stage.ec2.send(new DisableImageBlockPublicAccessCommand({}));
    const friend = amity.keys('amazon').accountId;
    await build('*', { share_with: [friend], public: true });

    const web = await built('web');
    expect(web).toMatchObject({ Public: true, Description: 'Serves a page on port 80' });
    expect(web.BlockDeviceMappings).toMatchObject([
      { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 2, VolumeType: 'gp3', Encrypted: false } },
      { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1, DeleteOnTermination: true } },
    ]);
    expect(web.Tags).toContainEqual({ Key: 'Source', Value: `tiny ${stage.imageId}` });
    const { LaunchPermissions } = await stage.ec2.send(
      new DescribeImageAttributeCommand({ ImageId: web.ImageId, Attribute: 'launchPermission' }),
    );
    expect(LaunchPermissions).toEqual(expect.arrayContaining([{ UserId: friend }, { Group: 'all' }]));

    const scratch = await built('scratch');
    expect(scratch).toMatchObject({ Public: false, RootDeviceName: '/dev/xvda', EnaSupport: true });
    for (const [image, name] of [
      [web, 'web'],
      [scratch, 'scratch'],
    ] as const) {
      expect(image.Tags).toContainEqual({ Key: 'Name', Value: name });
      const [snapshot] = (await ownSnapshots()).filter(one => one.SnapshotId === rootOf(image).SnapshotId);
      expect(snapshot!.Tags).toContainEqual({ Key: 'Name', Value: name });
    }

    const [ofWeb, ofScratch] = await ask([web, page], [scratch, 'cat /etc/issue; sudo id -un']);
    expect(ofWeb).toContain('<p>This page is in the image.');
    expect(ofWeb).toMatch(/\ntest$/);
    expect(ofScratch).toBe('made from scratch\nroot');
  }, 600_000);

  test('builds one again in place of the first, encrypted', async () => {
    const before = await built('web');
    const scratch = await built('scratch');
    await build('amazon-ebs.web', { encrypt: true });
    const after = await built('web');
    expect(after.ImageId).not.toBe(before.ImageId);
    expect(rootOf(after).Encrypted).toBe(true);
    // Neither the first image's snapshot is left, nor that of the image which was copied to encrypt it.
    expect((await ownSnapshots()).map(one => one.SnapshotId).sort()).toEqual(
      [after, scratch].map(image => rootOf(image).SnapshotId).sort(),
    );
    const [said] = await ask([after, page]);
    expect(said).toContain('<p>This page is in the image.');
  }, 600_000);

  test('leaves no instance, volume, key or security group of its own behind', async () => {
    const { Reservations } = await stage.ec2.send(new DescribeInstancesCommand({}));
    const states = Reservations!.flatMap(one => one.Instances!.map(instance => instance.State!.Name));
    expect(new Set(states)).toEqual(new Set(['terminated']));
    const { Volumes } = await stage.ec2.send(new DescribeVolumesCommand({}));
    expect(Volumes!.filter(({ State }) => State !== 'deleting' && State !== 'deleted')).toEqual([]);
    const { KeyPairs } = await stage.ec2.send(new DescribeKeyPairsCommand({}));
    expect(KeyPairs!.map(key => key.KeyName)).toEqual(['test']);
    const { SecurityGroups } = await stage.ec2.send(new DescribeSecurityGroupsCommand({}));
    expect(SecurityGroups!.map(group => group.GroupName).sort()).toEqual(['default', 'ssh']);
  });
});
