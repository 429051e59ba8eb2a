/**
 * The processes of a VPC, killed -9 while a guest writes, asks for its metadata and for names, and somebody is logged in: each
 * is back by itself, and the guest's disks notice nothing. The table in SPECIFICATION.md says what happens.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';
import { type Amity, ssh, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;
let stage: Stage;
let id: string;
let vpcId: string;
let address: string;

const processes = () => ownedProcesses(join(amity.data, 'us-east-1', 'processes'));
const pidOf = (kind: string) => processes().find(`${kind}-${vpcId}`)?.pid;
const here = (command: string) => inGuest(stage, id, command);

/** What the guest does all the time, by the file in which it notes each time it has done so, in seconds since it booted. */
const pursuits = {
  writes: 'echo x | dd of=/var/count conv=fsync,notrunc 2>/dev/null',
  metadata: 'metadata meta-data/instance-id >/dev/null',
  names: 'nslookup ip-$(hostname | cut -d - -f 2-).ec2.internal >/dev/null',
};
type Pursuit = keyof typeof pursuits;

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('network-faults'), '--regions', 'us-east-1');
  stage = await setStage(amity);
  [id] = (await launch(stage)) as [string];
  const loops = Object.entries(pursuits).map(
    ([name, command]) =>
      `sudo -b sh -c 'while :; do ${command} && cut -d " " -f 1 /proc/uptime >> /run/${name}; usleep 100000; done' >/dev/null 2>&1 </dev/null`,
  );
  await here(loops.join('; '));
  const instance = await describe(stage.ec2, id);
  vpcId = instance.VpcId!;
  address = instance.PublicIpAddress!;
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(amity.data);
  rmSync(amity.data, { recursive: true, force: true });
});

const uptime = async () => Number((await here('cat /proc/uptime')).split(' ')[0]);

/** Waits until the guest has done it again, and answers for how long it had not, in seconds. */
async function interruption(pursuit: Pursuit, since: number): Promise<number> {
  const from = await uptime();
  const times = await eventually(`${pursuit} again`, async () => {
    const all = (await here(`cat /run/${pursuit}`)).split('\n').map(Number);
    return all.at(-1)! > from && all;
  });
  const after = times.filter(time => time > since);
  return Math.max(...after.map((time, index) => time - (after[index - 1] ?? since)));
}

/** A session of ten seconds and more; answers what it ended with. */
const session = () =>
  ssh(address, stage.keyFile, 'for i in $(seq 40); do echo $i; usleep 250000; done').then(
    said => said.split('\n').at(-1),
    () => 'broken off',
  );

test.each([
  [['holder'], 'goes on'],
  [['dnsmasq'], 'goes on'],
  [['slirp'], 'breaks off'],
  [['holder', 'dnsmasq', 'slirp'], 'breaks off'],
])('%s killed: it is back, a session %s, and disks notice nothing', async (kinds, fate) => {
  const boot = await here('cat /proc/sys/kernel/random/boot_id');
  const before = kinds.map(pidOf);
  const logged = session();
  const since = await uptime();
  const killed = performance.now();
  for (const pid of before) process.kill(pid!, 'SIGKILL');

  await here('true');
  const enteredAfter = (performance.now() - killed) / 1000;
  const seconds = {
    writes: await interruption('writes', since),
    metadata: await interruption('metadata', since),
    names: await interruption('names', since),
  };
  console.log(`${kinds} killed: no session for ${enteredAfter.toFixed(1)} s, interrupted (s):`, seconds);
  for (const [index, kind] of kinds.entries()) expect(pidOf(kind)).not.toBe(before[index]);
  expect(await logged).toBe(fate === 'goes on' ? '40' : 'broken off');
  expect(seconds.writes).toBeLessThan(15);
  expect(Math.max(seconds.metadata, seconds.names, enteredAfter)).toBeLessThan(30);
  expect(await here('cat /proc/sys/kernel/random/boot_id')).toBe(boot);
  // The lease is renewed, which writes the resolver anew.
  const renewal = 'echo > /etc/resolv.conf; kill -USR1 $(cat /run/udhcpc.eth0.pid)';
  const renewed = 'until grep -q nameserver /etc/resolv.conf; do usleep 100000; done; echo renewed';
  expect(await here(`sudo sh -c '${renewal}; ${renewed}'`)).toBe('renewed');
});
