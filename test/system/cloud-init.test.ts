/** Unmodified cloud-init of Debian reads our metadata service as its Ec2 datasource does in a guest. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/vpc-plan-types.ts';
import { metadataServer } from '../../src/networks/namespace/holder/metadata-server.ts';
import { owner } from '../operations/region.ts';
import { unpackPackage } from '../support/debian-package.ts';
import { metadataGuest } from '../support/metadata-guest.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, '../support/crawl-as-cloud-init.py');
const userData = '#!/bin/sh\necho \x00\xff hello\n';
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let packages: string;
let server: Server;
let guest: Endpoint;

beforeAll(async () => {
  folder = await temporaryFolder();
  await unpackPackage('cloud-init', folder.path);
  packages = join(folder.path, 'usr/lib/python3/dist-packages');
  guest = await metadataGuest(Buffer.from(userData, 'latin1'));
  server = metadataServer(() => guest).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await folder?.remove();
});

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test('finds the instance, its key, user data, devices, tags and network, by tokens alone', async () => {
  const { stdout } = await run('/usr/bin/python3', [script, packages, address(), guest.macAddress]);
  expect(JSON.parse(stdout)).toEqual({
    found: true,
    version: '2021-03-23',
    hasToken: true,
    instanceId: guest.instanceId,
    launchIndex: '0',
    zone: 'us-east-1a',
    region: 'us-east-1',
    keys: [expect.stringMatching(/^ssh-\w+ .* my-key$/)],
    hostname: ['ip-172-31-0-4'],
    userData,
    devices: { ami: 'sda1', ebs1: 'sdf', root: '/dev/sda1' },
    network: {
      version: 2,
      ethernets: {
        eth0: {
          dhcp4: true,
          dhcp6: false,
          match: { macaddress: guest.macAddress },
          'set-name': 'eth0',
        },
      },
    },
    tags: { instance: { Name: 'web 1' } },
    identity: expect.objectContaining({ accountId: owner, instanceId: guest.instanceId }),
  });
});

test('gives up at once where the endpoint is disabled', async () => {
  guest.metadata.options.httpEndpoint = 'disabled';
  const started = performance.now();
  const { stdout } = await run('/usr/bin/python3', [script, packages, address(), guest.macAddress]);
  expect(JSON.parse(stdout)).toEqual({ found: false });
  expect(performance.now() - started).toBeLessThan(8_000);
});
