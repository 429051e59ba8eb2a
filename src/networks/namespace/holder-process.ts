/** Starts a VPC's holder, in the namespace that outlived the last one if there is such. */
import { mkdir, readFile, readlink, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProcessIdentity } from '../../processes/identity.ts';
import { type HolderClient, type HolderStatus, holderClient, holderVersion } from './control.ts';
import type { HolderSettings } from './holder/main.ts';
import { enterNamespace, newNamespace } from './mode.ts';
import { type VpcSettings, vpcPlaces, vpcProcessNames } from './vpc-settings.ts';

/** How long a holder may take until it answers, in milliseconds: Node starts within half a second, on a busy host in some. */
const startDeadline = 20_000;

export interface RunningHolder {
  identity: ProcessIdentity;
  client: HolderClient;
}

/** The VPC's holder, started unless it runs and answers. */
export async function ensureHolder(settings: VpcSettings, vpcId: string): Promise<RunningHolder> {
  const { processes } = settings;
  const name = vpcProcessNames(vpcId).holder;
  const client = holderClient(vpcPlaces(settings, vpcId).controlSocket);
  const alive = processes.find(name);
  const isAlive = () => processes.find(name) !== undefined;
  if (alive && (await statusOf(client, isAlive))?.version === holderVersion)
    return { identity: alive, client };
  // One that lives but does not answer is of no use to its guests either, and one of another version none to us.
  await processes.stop(name, { signal: 'SIGKILL' });
  const identity = await start(settings, vpcId, name);
  if (await statusOf(client, isAlive)) return { identity, client };
  const log = await readFile(vpcPlaces(settings, vpcId).holderLog, 'utf8').catch(() => '');
  throw new Error(`the network holder of ${vpcId} did not start: ${log.slice(-1000).trim()}`);
}

async function start(settings: VpcSettings, vpcId: string, name: string): Promise<ProcessIdentity> {
  const places = vpcPlaces(settings, vpcId);
  const rootful = settings.mode === 'rootful';
  await mkdir(places.folder, { recursive: true, mode: 0o700 });
  await mkdir(settings.runtimeFolder, { recursive: true, mode: 0o700 });
  await rm(places.controlSocket, { force: true });
  const holderSettings: HolderSettings = {
    vpcId,
    controlSocket: places.controlSocket,
    stateFile: places.stateFile,
    processFolder: settings.processFolder,
    dnsmasq: {
      name: vpcProcessNames(vpcId).dnsmasq,
      program: '/usr/sbin/dnsmasq',
      folder: places.dnsmasqFolder,
      account: rootful ? 'nobody' : undefined,
      logFile: places.dnsmasqLog,
    },
  };
  const survivor = await findSurvivor(settings, vpcId);
  const namespace = survivor ? enterNamespace(settings.mode, survivor) : newNamespace[settings.mode];
  const program = fileURLToPath(new URL('./holder/main.ts', import.meta.url));
  return settings.processes.start({
    name,
    argv: [...namespace, process.execPath, program, JSON.stringify(holderSettings)],
    logFile: places.holderLog,
  });
}

/** A process that still lives in the namespace of a dead holder: a guest, or dnsmasq. */
async function findSurvivor(settings: VpcSettings, vpcId: string): Promise<number | undefined> {
  const own = await readlink('/proc/self/ns/net');
  const names = [
    ...(await keptInstanceIds(settings, vpcId)).map(settings.guestProcess),
    vpcProcessNames(vpcId).dnsmasq,
  ];
  for (const name of names) {
    const pid = settings.processes.find(name)?.pid;
    const namespace = pid && (await readlink(`/proc/${pid}/ns/net`).catch(() => undefined));
    if (pid && namespace && namespace !== own) return pid;
  }
  return undefined;
}

/** The guests of the last plan the holder was given. */
async function keptInstanceIds(settings: VpcSettings, vpcId: string): Promise<string[]> {
  const text = await readFile(vpcPlaces(settings, vpcId).stateFile, 'utf8').catch(() => '{}');
  const ids = Array.from(text.matchAll(/"instanceId":"(i-[0-9a-f]{8,17})"/g), match => match[1]!);
  return [...new Set(ids)];
}

/** Waits until the holder answers; undefined when it has ended or does not in time. */
async function statusOf(client: HolderClient, isAlive: () => boolean): Promise<HolderStatus | undefined> {
  const deadline = performance.now() + startDeadline;
  while (isAlive() && performance.now() < deadline) {
    const answer = await client.status().catch(() => undefined);
    if (answer) return answer;
    await delay(50);
  }
  return undefined;
}
