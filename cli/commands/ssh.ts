import { access, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { type ClientOptions, connect } from '../client.ts';
import { Refusal } from '../errors.ts';
import { keyFile, knownHostsFile, sshHere, waitForSsh } from '../ssh.ts';

export interface SshOptions extends ClientOptions {
  identity?: string;
  login: string;
}

export async function ssh(
  instanceId: string,
  command: readonly string[],
  options: SshOptions,
): Promise<void> {
  const { ec2, data } = await connect(options);
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const instance = Reservations?.[0]?.Instances?.[0];
  const address = instance?.PublicIpAddress;
  if (!address)
    throw new Refusal(
      `${instanceId} is ${instance?.State?.Name ?? 'unknown'} and has no public address: start it first.`,
    );
  const knownHosts = knownHostsFile(data);
  await mkdir(dirname(knownHosts), { recursive: true, mode: 0o700 });
  const identity = options.identity ?? (await keyOf(data, instance.KeyName));
  const port = await waitForSsh(address, 30);
  process.exitCode = await sshHere(
    { instanceId, address, port, login: options.login, identity, knownHosts },
    command,
  );
}

/** The key pair's file, if this command line keeps it; else ssh tries the keys it knows. */
async function keyOf(data: string, keyName: string | undefined): Promise<string | undefined> {
  if (!keyName) return undefined;
  const file = keyFile(data, keyName);
  return access(file).then(
    () => file,
    () => undefined,
  );
}
