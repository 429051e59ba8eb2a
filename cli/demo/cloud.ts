/** The API calls of the demo, each with its waiting, as the story needs them. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as ec2 from '@aws-sdk/client-ec2';
import type { Clients } from '../client.ts';
import { Refusal } from '../errors.ts';
import { keyFile, knownHostsFile, type SshTarget, waitForSsh } from '../ssh.ts';

/** Where the demo works and what it made, so that all of it can be removed again. */
export interface Stage {
  clients: Clients;
  signal: AbortSignal;
  instanceType: string;
  name: string;
  identity: string;
  groupId?: string;
  imageId?: string;
  instanceIds: string[];
}

const patience = (stage: Stage, maxWaitTime: number) => ({
  client: stage.clients.ec2,
  maxWaitTime,
  minDelay: 1,
  maxDelay: 2,
  abortSignal: stage.signal,
});

/** The newest image named tiny that amazon shares. */
export async function tinyImage(client: ec2.EC2Client): Promise<string> {
  const { Images = [] } = await client.send(
    new ec2.DescribeImagesCommand({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: ['tiny'] }] }),
  );
  const newest = Images.toSorted((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''))[0];
  if (newest?.ImageId) return newest.ImageId;
  throw new Refusal('There is no image tiny here: run `npm run up`, or name an image with --image.');
}

export function newStage(clients: Clients, instanceType: string, signal: AbortSignal): Stage {
  const name = `amity-demo-${randomBytes(3).toString('hex')}`;
  return { clients, signal, instanceType, name, identity: keyFile(clients.data, name), instanceIds: [] };
}

/** Makes the key pair and the group that lets port 22 in. */
export async function prepare(stage: Stage): Promise<void> {
  const client = stage.clients.ec2;
  const key = await client.send(new ec2.CreateKeyPairCommand({ KeyName: stage.name, KeyType: 'ed25519' }));
  await mkdir(dirname(stage.identity), { recursive: true, mode: 0o700 });
  await writeFile(stage.identity, `${key.KeyMaterial!.trimEnd()}\n`, { mode: 0o600 });
  const group = await client.send(
    new ec2.CreateSecurityGroupCommand({ GroupName: stage.name, Description: 'amity demo: SSH' }),
  );
  stage.groupId = group.GroupId;
  await client.send(
    new ec2.AuthorizeSecurityGroupIngressCommand({
      GroupId: group.GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    }),
  );
}

/** Launches `count` instances and waits until each answers SSH. */
export async function launch(stage: Stage, imageId: string, count: number): Promise<SshTarget[]> {
  const { Instances = [] } = await stage.clients.ec2.send(
    new ec2.RunInstancesCommand({
      ImageId: imageId,
      InstanceType: stage.instanceType as ec2._InstanceType,
      MinCount: count,
      MaxCount: count,
      KeyName: stage.name,
      SecurityGroupIds: [stage.groupId!],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: stage.name }] }],
    }),
  );
  const ids = Instances.map(instance => instance.InstanceId!);
  stage.instanceIds.push(...ids);
  return reachable(stage, ids);
}

/** Waits until the instances run and answer SSH; where to reach each. */
export async function reachable(stage: Stage, instanceIds: string[]): Promise<SshTarget[]> {
  await ec2.waitUntilInstanceRunning(patience(stage, 300), { InstanceIds: instanceIds });
  const { Reservations = [] } = await stage.clients.ec2.send(
    new ec2.DescribeInstancesCommand({ InstanceIds: instanceIds }),
  );
  const instances = Reservations.flatMap(reservation => reservation.Instances ?? []);
  return Promise.all(
    instances.map(async ({ InstanceId, PublicIpAddress }) => {
      if (!PublicIpAddress) throw new Refusal(`${InstanceId} has no public address.`);
      return {
        instanceId: InstanceId!,
        address: PublicIpAddress,
        port: await waitForSsh(PublicIpAddress, 240, stage.signal),
        login: 'ec2-user',
        identity: stage.identity,
        knownHosts: knownHostsFile(stage.clients.data),
      };
    }),
  );
}

/** Saves the instance as an image: it is stopped cleanly for that, and started again. */
export async function saveImage(stage: Stage, instanceId: string): Promise<string> {
  const { ImageId } = await stage.clients.ec2.send(
    new ec2.CreateImageCommand({ InstanceId: instanceId, Name: stage.name }),
  );
  stage.imageId = ImageId;
  await ec2.waitUntilImageAvailable(patience(stage, 600), { ImageIds: [ImageId!] });
  return ImageId!;
}

export async function stopAndStart(stage: Stage, instanceId: string): Promise<SshTarget> {
  const ids = { InstanceIds: [instanceId] };
  await stage.clients.ec2.send(new ec2.StopInstancesCommand(ids));
  await ec2.waitUntilInstanceStopped(patience(stage, 300), ids);
  await stage.clients.ec2.send(new ec2.StartInstancesCommand(ids));
  const [target] = await reachable(stage, [instanceId]);
  return target!;
}
