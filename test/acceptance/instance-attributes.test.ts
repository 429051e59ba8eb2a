/** What is changed of an instance reaches its guest: asked in the guest itself. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateSecurityGroupCommand,
  GetConsoleScreenshotCommand,
  ModifyInstanceAttributeCommand,
  type ModifyInstanceAttributeCommandInput,
  ModifyInstanceMetadataOptionsCommand,
  type ModifyInstanceMetadataOptionsCommandInput,
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

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('attributes'), '--regions', 'us-east-1');
  stage = await setStage(amity);
  [InstanceId] = (await launch(stage, { UserData: btoa('#!/bin/sh\n') })) as [string];
});

afterAll(async () => {
  await amity?.stop();
  expect(await endEverything(amity.data)).toEqual([]);
  rmSync(amity.data, { recursive: true, force: true });
});

const service = 'http://169.254.169.254/latest';
/** What the metadata service answers the guest; its complaint where it refuses. */
const read = (path: string) => inGuest(stage, InstanceId, `wget -qO- ${service}/${path} 2>&1 || true`);
const modify = (change: Omit<ModifyInstanceAttributeCommandInput, 'InstanceId'>) =>
  stage.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, ...change }));
const setOptions = (change: Omit<ModifyInstanceMetadataOptionsCommandInput, 'InstanceId'>) =>
  stage.ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, ...change }));

test('the identity document is verified with the certificate that the server publishes', async () => {
  const file = (name: string, content: string) => writeFileSync(join(amity.data, name), content);
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: amity.data, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  for (const [name, certificate] of [
    ['rsa2048', 'rsa.pem'],
    ['pkcs7', 'dsa.pem'],
  ] as const) {
    const url = `${amity.endpoint}/.well-known/instance-identity/us-east-1/${certificate}`;
    file(certificate, await (await fetch(url)).text());
    const lines = await read(`dynamic/instance-identity/${name}`);
    file(name, `-----BEGIN PKCS7-----\n${lines}\n-----END PKCS7-----\n`);
    const how = ['-inform', 'PEM', '-certfile', certificate, '-noverify'];
    const document = openssl('smime', '-verify', '-in', name, ...how);
    expect(document).toBe(await read('dynamic/instance-identity/document'));
    expect(JSON.parse(document)).toMatchObject({ instanceId: InstanceId, imageId: stage.imageId });
  }
});

test('its screen can be seen', async () => {
  const { ImageData } = await stage.ec2.send(new GetConsoleScreenshotCommand({ InstanceId }));
  const image = Buffer.from(ImageData!, 'base64');
  expect(image.subarray(1, 4).toString()).toBe('PNG');
  expect(image.readUInt32BE(16)).toBeGreaterThanOrEqual(640);
});

test('metadata options hold at once, while it runs', async () => {
  expect(await read('meta-data/instance-id')).toBe(InstanceId);
  await setOptions({ HttpTokens: 'required' });
  await eventually('401', async () => (await read('meta-data/instance-id')).includes('401'));
  await setOptions({ HttpEndpoint: 'disabled' });
  await eventually('403', async () => (await read('meta-data/instance-id')).includes('403'));
  await setOptions({ HttpTokens: 'optional', HttpEndpoint: 'enabled' });
  await eventually('the id', async () => (await read('meta-data/instance-id')) === InstanceId);
});

test('a change of its security groups is a change of what reaches it', async () => {
  const { GroupId } = await stage.ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'closed', Description: 'lets nobody in' }),
  );
  const { PublicIpAddress } = await describe(stage.ec2, InstanceId);
  const opens = () =>
    ssh(PublicIpAddress!, stage.keyFile, 'true').then(
      () => true,
      () => false,
    );
  expect(await opens()).toBe(true);
  await modify({ Groups: [GroupId!] });
  await eventually('closed', async () => !(await opens()));
  await modify({ Groups: [stage.groupId] });
  await eventually('open again', opens);
});

test('a stopped instance starts with its new type and user data', async () => {
  await expect(modify({ InstanceType: { Value: 't3.micro' } })).rejects.toMatchObject({
    name: 'IncorrectInstanceState',
  });
  await stage.ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId], Force: true }));
  await untilState(stage.ec2, InstanceId, 'stopped');
  await modify({ InstanceType: { Value: 't3.micro' } });
  await modify({ UserData: { Value: Buffer.from('changed') } });
  await stage.ec2.send(new StartInstancesCommand({ InstanceIds: [InstanceId] }));
  await untilState(stage.ec2, InstanceId, 'running');
  const memory = await inGuest(stage, InstanceId, "awk '/MemTotal/ {print $2}' /proc/meminfo");
  expect(Number(memory)).toBeGreaterThan(900_000);
  expect(await read('meta-data/instance-type')).toBe('t3.micro');
  expect(await read('user-data')).toBe('changed');
  await modify({ DisableApiTermination: { Value: true } });
  const end = () => stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  await expect(end()).rejects.toMatchObject({ name: 'OperationNotPermitted' });
  await modify({ DisableApiTermination: { Value: false } });
  await end();
  await untilState(stage.ec2, InstanceId, 'terminated');
});
