import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HolderRequest, holderClient } from '../../../src/networks/namespace/control.ts';
import { controlServer } from '../../../src/networks/namespace/holder/control-server.ts';
import { askOverSocket, checkSocketPath } from '../../../src/networks/namespace/line-socket.ts';
import { endpoint, plan, vpcId } from '../../support/vpc-plans.ts';

let folder: string;
let path: string;
let server: Server;
let handled: HolderRequest[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amity-'));
  path = join(folder, 'control');
  handled = [];
  server = controlServer(async request => {
    handled.push(request);
    if (request.method === 'status') return { vpcId, outbound: true };
    if (request.method === 'reachable') throw new Error('no such guest');
  }).listen(path);
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test('a request is handled and its result comes back', async () => {
  const state = { plan: plan(endpoint(1)), hostAddresses: ['192.0.2.2'], allowedRanges: [] };
  await holderClient(path).apply(state);
  expect(handled).toEqual([{ method: 'apply', state }]);
  expect(await holderClient(path).status()).toEqual({ vpcId, outbound: true });
});

test('an error comes back as an error', async () => {
  await expect(holderClient(path).reachable('i-1')).rejects.toThrow('refused reachable: no such guest');
});

test.each([
  '',
  '{',
  '1',
  '{}',
  '{"method":"exit"}',
  '{"method":"reachable"}',
  '{"method":"apply","state":{}}',
])('the request %j is refused and not handled', async text => {
  expect(JSON.parse(await askOverSocket(path, text, 2_000))).toHaveProperty('error');
  expect(handled).toEqual([]);
});

test('where nobody listens, asking fails', async () => {
  await expect(holderClient(join(folder, 'none')).status()).rejects.toThrow('ENOENT');
});

test('a socket path that the kernel would cut off is refused', () => {
  expect(() => checkSocketPath(`/${'x'.repeat(107)}`)).toThrow('choose a shorter runtime folder');
  expect(checkSocketPath('/run/a')).toBe('/run/a');
});
