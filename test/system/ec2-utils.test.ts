/** Unmodified `ec2-metadata` of Debian's amazon-ec2-utils reads our metadata service, and finds no fault. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/vpc-plan-types.ts';
import { metadataServer } from '../../src/networks/namespace/holder/metadata-server.ts';
import { unpackPackage } from '../support/debian-package.ts';
import { metadataGuest } from '../support/metadata-guest.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: Server;
let guest: Endpoint;

beforeAll(async () => {
  folder = await temporaryFolder();
  await unpackPackage('amazon-ec2-utils', folder.path);
  guest = await metadataGuest(Buffer.from('#!/bin/sh\necho hello\n'));
  server = metadataServer(() => guest).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // The program knows 169.254.169.254 only; the curl it calls finds the server there.
  const { port } = server.address() as AddressInfo;
  await writeFile(
    join(folder.path, '.curlrc'),
    `connect-to = 169.254.169.254:80:127.0.0.1:${port}\nnoproxy = "*"\n`,
  );
});

afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await folder?.remove();
});

const ec2Metadata = (...options: string[]) =>
  run(join(folder.path, 'usr/bin/ec2-metadata'), options, {
    env: { ...process.env, HOME: folder.path, CURL_HOME: folder.path, IMDS_TOKEN: '' },
  });

test('prints every field, or that the instance has none', async () => {
  const { stdout, stderr } = await ec2Metadata('--all');
  expect(stderr).toBe('');
  const { tree } = guest.metadata;
  const key = (tree['public-keys'] as { 0: { 'openssh-key': string } })[0]['openssh-key'];
  expect(stdout.split('\n')).toEqual([
    `ami-id: ${tree['ami-id']}`,
    'ami-launch-index: 0',
    'ami-manifest-path: (unknown)',
    'ancestor-ami-ids: not available',
    'block-device-mapping: ',
    '\t ami: sda1',
    '\t ebs1: sdf',
    '\t root: /dev/sda1',
    `instance-id: ${guest.instanceId}`,
    `instance-type: ${tree['instance-type']}`,
    'local-hostname: ip-172-31-0-4.ec2.internal',
    'local-ipv4: 172.31.0.4',
    'kernel-id: not available',
    'placement: us-east-1a',
    'product-codes: not available',
    'public-hostname: not available',
    `public-ipv4: ${guest.publicIpAddress}`,
    'public-keys: ',
    'keyname:my-key',
    'index:0',
    'format:openssh-key',
    'key:(begins from next line)',
    key,
    'ramdisk-id: not available',
    `reservation-id: ${tree['reservation-id']}`,
    'security-groups: default',
    'user-data: #!/bin/sh',
    'echo hello',
    'tags: ',
    '\t Name: web 1',
    '',
  ]);
});

test('says so where the service is turned off', async () => {
  guest.metadata.options.httpEndpoint = 'disabled';
  await expect(ec2Metadata('--instance-id')).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('Instance Metadata might have been disabled'),
  });
});
