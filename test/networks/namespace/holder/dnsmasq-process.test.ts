import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dnsmasqProcess } from '../../../../src/networks/namespace/holder/dnsmasq-process.ts';
import type { OwnedProcesses } from '../../../../src/processes/owned-processes.ts';
import { endpoint, plan } from '../../../support/vpc-plans.ts';

let folder: string;
let starts: number;
let signals: unknown[];
let dnsmasq: ReturnType<typeof dnsmasqProcess>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amity-dnsmasq-'));
  starts = 0;
  signals = [];
  vi.spyOn(process, 'kill').mockImplementation((...call) => {
    signals.push(call);
    return true;
  });
  const identity = { pid: 4_000_000, startTime: '1', bootId: 'boot' };
  const processes = {
    start: async () => {
      starts++;
      return identity;
    },
    find: () => (starts > 0 ? identity : undefined),
    stop: async () => undefined,
    exited: () => new Promise<void>(() => {}),
  } as unknown as OwnedProcesses;
  const settings = { name: 'dnsmasq', program: 'dnsmasq', folder, logFile: join(folder, 'log') };
  dnsmasq = dnsmasqProcess(processes, settings);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test('guests that come and go are told to it while it runs', async () => {
  for (const guests of [plan(endpoint(4)), plan(endpoint(4), endpoint(5)), plan(endpoint(5))])
    await dnsmasq.apply(guests);
  await dnsmasq.apply(plan(endpoint(4), endpoint(5)));
  expect(starts).toBe(1);
  expect(signals).toEqual(Array(3).fill([4_000_000, 'SIGHUP']));
});

test('an address that passes on to another guest is free for it at once', async () => {
  const next = endpoint(5, { macAddress: '02:00:00:00:00:99' });
  await dnsmasq.apply(plan(endpoint(4), endpoint(5)));
  await dnsmasq.apply(plan(endpoint(4)));
  expect(starts).toBe(1);
  await dnsmasq.apply(plan(endpoint(4), next));
  expect(starts).toBe(2);
  await dnsmasq.apply(plan(endpoint(4), next));
  expect(starts).toBe(2);
});
