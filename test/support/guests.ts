import { join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { type Amity, root, run, saveKey, ssh } from './amity.ts';
import { eventually } from './eventually.ts';

/** What most tests with guests need: an image, a key, a group that lets SSH in. */
export interface Stage {
  ec2: EC2Client;
  imageId: string;
  keyName: string;
  keyFile: string;
  groupId: string;
}

/** Registers the tiny image as the public one of account `amazon`, and makes a key and a security group. */
export async function setStage(amity: Amity): Promise<Stage> {
  const ec2 = amity.ec2();
  const env = amity.environment('amazon');
  await run(join(root, 'bin/amity'), ['image', 'build', 'tiny', '--public', '--json'], { env });
  const { Images } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  return { ...(await makeKeyAndGroup(amity)), imageId: Images![0]!.ImageId! };
}

/** All of it but the image. */
export async function makeKeyAndGroup(amity: Amity): Promise<Omit<Stage, 'imageId'>> {
  const ec2 = amity.ec2();
  const key = await ec2.send(new CreateKeyPairCommand({ KeyName: 'test', KeyType: 'ed25519' }));
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'ssh', Description: 'lets SSH in' }),
  );
  const from = { FromPort: 22, ToPort: 22, IpProtocol: 'tcp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group.GroupId, IpPermissions: [from] }));
  return {
    ec2,
    keyName: 'test',
    keyFile: saveKey(amity.data, 'test', key.KeyMaterial!),
    groupId: group.GroupId!,
  };
}

export async function launch(stage: Stage, input: Partial<RunInstancesCommandInput> = {}): Promise<string[]> {
  const { Instances } = await stage.ec2.send(
    new RunInstancesCommand({
      ImageId: stage.imageId,
      InstanceType: 't3.nano',
      KeyName: stage.keyName,
      SecurityGroupIds: [stage.groupId],
      MinCount: 1,
      MaxCount: 1,
      ...input,
    }),
  );
  return Instances!.map(instance => instance.InstanceId!);
}

export async function describe(ec2: EC2Client, instanceId: string): Promise<Instance> {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  return Reservations![0]!.Instances![0]!;
}

export async function untilState(ec2: EC2Client, instanceId: string, state: string): Promise<Instance> {
  return eventually(`${instanceId} ${state}`, async () => {
    const instance = await describe(ec2, instanceId);
    return instance.State?.Name === state && instance;
  });
}

/** Runs a command in the guest as soon as it lets us in. */
export async function inGuest(stage: Stage, instanceId: string, command: string): Promise<string> {
  return eventually(
    `ssh into ${instanceId}`,
    async () => {
      const { PublicIpAddress } = await describe(stage.ec2, instanceId);
      // A guest that answers with nothing has answered: a space keeps it from counting as no answer.
      return `${await ssh(PublicIpAddress!, stage.keyFile, command)} `;
    },
    180_000,
  ).then(text => text.trim());
}
