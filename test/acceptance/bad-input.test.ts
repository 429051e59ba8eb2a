/** What cannot work says so, and leaves nothing behind: over the wire, against a real server with real guests. */

import { randomFillSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateImageCommand,
  DescribeImagesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  type EC2Client,
  GetConsoleOutputCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, root, run, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let ec2: EC2Client;

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('bad'), '--regions', 'us-east-1');
  ec2 = amity.ec2();
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(amity.data);
  rmSync(amity.data, { recursive: true, force: true });
});

test('a file that is not a disk is refused with a sentence', async () => {
  const file = join(amity.data, 'noise.raw');
  writeFileSync(file, randomFillSync(Buffer.alloc(1 << 20)));
  const refused = amity.command('snapshot', 'import', file);
  await expect(refused).rejects.toMatchObject({
    code: expect.any(Number),
    stderr: expect.stringContaining('no partition table'),
  });
});

test('an image whose disk does not boot runs, is impaired, and its console says why', async () => {
  const file = join(amity.data, 'noise.raw');
  const { stdout } = await amity.command('snapshot', 'import', file, '--force', '--json');
  const { ImageId } = await ec2.send(
    new RegisterImageCommand({
      Name: 'does not boot',
      Architecture: 'x86_64',
      VirtualizationType: 'hvm',
      EnaSupport: true,
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: JSON.parse(stdout).snapshotId } }],
    }),
  );
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId, InstanceType: 't3.nano', MinCount: 1, MaxCount: 1 }),
  );
  const InstanceId = Instances![0]!.InstanceId!;
  await untilState(ec2, InstanceId, 'running');
  await eventually('impaired', async () => {
    const { InstanceStatuses } = await ec2.send(
      new DescribeInstanceStatusCommand({ InstanceIds: [InstanceId] }),
    );
    return InstanceStatuses?.[0]?.InstanceStatus?.Status === 'impaired';
  });
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId }));
  expect(Buffer.from(Output!, 'base64').toString('latin1')).toContain('bootable');
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  await untilState(ec2, InstanceId, 'terminated');
});

test.each([
  [
    new DescribeImagesCommand({ ImageIds: ['foo'] }),
    'InvalidAMIID.Malformed',
    400,
    'Invalid id: "foo" (expecting "ami-...")',
  ],
  [
    new DescribeImagesCommand({ ImageIds: ['ami-00000000'] }),
    'InvalidAMIID.NotFound',
    400,
    "The image id '[ami-00000000]' does not exist",
  ],
  [
    new DescribeInstancesCommand({ InstanceIds: ['i-00000000'] }),
    'InvalidInstanceID.NotFound',
    400,
    "The instance ID 'i-00000000' does not exist",
  ],
  [
    new DescribeImagesCommand({ Filters: [{ Name: 'foo', Values: ['x'] }] }),
    'InvalidParameterValue',
    400,
    "The filter 'foo' is invalid",
  ],
  [
    new CreateImageCommand({ InstanceId: 'i-00000000', Name: 'x y z' }),
    'InvalidInstanceID.NotFound',
    400,
    "The instance ID 'i-00000000' does not exist",
  ],
  [
    new DescribeInstancesCommand({ DryRun: true }),
    'DryRunOperation',
    412,
    'Request would have succeeded, but DryRun flag is set.',
  ],
] as const)(
  '%# answers with the code, the status and the text of EC2',
  async (command, name, status, message) => {
    await expect(ec2.send(command as never)).rejects.toMatchObject({
      name,
      message,
      $metadata: { httpStatusCode: status },
    });
  },
);

test('a wrong secret is told like any credentials that cannot be validated', async () => {
  const stranger = amity.ec2({ keys: { secretAccessKey: 'wrong' } });
  await expect(stranger.send(new DescribeImagesCommand({}))).rejects.toMatchObject({
    name: 'AuthFailure',
    message: 'AWS was not able to validate the provided access credentials',
    $metadata: { httpStatusCode: 401 },
  });
});

test('an action that is not served is refused by name, also to the command line', async () => {
  const aws = run('/usr/bin/aws', ['--endpoint-url', amity.endpoint, 'ec2', 'describe-fleets'], {
    env: amity.environment(),
  });
  await expect(aws).rejects.toMatchObject({
    stderr: expect.stringContaining('(InvalidAction)'),
  });
});

test('an oversized body is refused, and the server goes on', async () => {
  const answer = await fetch(amity.endpoint, { method: 'POST', body: 'A=1&'.repeat(1 << 20) }).catch(
    () => undefined,
  );
  expect(answer === undefined || answer.status >= 400).toBe(true);
  expect((await ec2.send(new DescribeImagesCommand({}))).Images).toBeDefined();
});

test('a region that cannot be opened is refused by name, and the other serves', async () => {
  const data = temporaryFolder('half');
  writeFileSync(join(data, 'eu-west-1'), 'not a folder');
  const half = await startAmity(data);
  try {
    const { Regions } = await half.ec2().send(new DescribeRegionsCommand({}));
    expect(Regions!.map(region => region.RegionName)).toEqual(['us-east-1']);
    await expect(half.ec2({ region: 'eu-west-1' }).send(new DescribeImagesCommand({}))).rejects.toMatchObject(
      {
        name: 'InvalidRegion',
        message: expect.stringContaining('eu-west-1'),
      },
    );
    expect(half.log()).toContain('a region could not be opened');
  } finally {
    await half.stop();
    await endEverything(data);
    rmSync(data, { recursive: true, force: true });
  }
});

test('a second server on the same data folder, or the same port, is refused with a sentence', async () => {
  const again = run(join(root, 'bin/amity'), ['serve', '--data', amity.data, '--listen', '127.0.0.1:0']);
  await expect(again).rejects.toMatchObject({ stderr: expect.stringContaining('Another Amity server') });
  const { port } = new URL(amity.endpoint);
  const taken = run(join(root, 'bin/amity'), [
    'serve',
    '--data',
    `${amity.data}/other`,
    '--listen',
    `127.0.0.1:${port}`,
  ]);
  await expect(taken).rejects.toMatchObject({ stderr: expect.stringContaining('in use') });
});
