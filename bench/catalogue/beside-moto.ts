/** The control plane's rates beside those of moto_server, on images of the same number: both keep no guest running. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../../test/support/amity.ts';
import { median, type Row } from '../row.ts';
import { type Call, ec2Caller, load } from './client.ts';
import { controlPlane } from './control-plane.ts';

/** What moto_server has from the start. */
const images = 1_177;
const rounds = 3;
const concurrency = 8;

/** How many times as fast as moto each has to be. */
const goals = { listing: 100, 'by name': 50, 'by id': 40, 'Run + Terminate, each counted': 10 } as const;
type What = keyof typeof goals;
const names = Object.keys(goals) as What[];

export async function besideMoto(seconds: number): Promise<Row[]> {
  const folder = temporaryFolder('bench-moto');
  const ours = await controlPlane(folder, images);
  const moto = hasMoto() ? await startMoto() : undefined;
  const rates = { ours: emptyRates(), moto: emptyRates() };
  try {
    for (let round = 0; round < rounds; round++) {
      await measure(ours.call, seconds, rates.ours);
      if (moto) await measure(moto.call, seconds, rates.moto);
    }
  } finally {
    await ours.close();
    await moto?.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return names.map(what => {
    const [our, peer] = [median(rates.ours[what]), moto ? median(rates.moto[what]) : null];
    const ratio = peer && our / peer;
    return {
      goal: 'G13',
      what: `${what}, requests/s at c=${concurrency}${moto ? '' : ' (moto_server is not installed)'}`,
      ours: our,
      ...{ peer, ratio },
      target: `≥ ${goals[what]} × moto_server`,
      ok: ratio === null || ratio >= goals[what],
      rounds: { ours: rates.ours[what], ...(moto && { peer: rates.moto[what] }) },
    };
  });
}

const emptyRates = (): Record<What, number[]> => ({
  listing: [],
  'by name': [],
  'by id': [],
  'Run + Terminate, each counted': [],
});

async function measure(call: Call, seconds: number, rates: Record<What, number[]>): Promise<void> {
  const listing = { Action: 'DescribeImages' };
  const { body } = await call(listing);
  const id = /<imageId>([^<]+)</.exec(body)![1]!;
  // Behind the devices and tags, whose names stand deeper.
  const name = /<name>([^</][^<]*)</.exec(body)![1]!;
  const questions = {
    listing,
    'by name': { ...listing, 'Filter.1.Name': 'name', 'Filter.1.Value.1': name },
    'by id': { ...listing, 'ImageId.1': id },
  };
  for (const [what, parameters] of Object.entries(questions))
    rates[what as What].push((await load(call, concurrency, seconds, () => parameters)).perSecond);
  rates['Run + Terminate, each counted'].push(await runAndTerminate(call, id, seconds));
}

async function runAndTerminate(call: Call, ImageId: string, seconds: number): Promise<number> {
  const launch = { Action: 'RunInstances', ImageId, InstanceType: 't3.micro', MinCount: '1', MaxCount: '1' };
  const both: Call = async () => {
    const { body } = await call(launch);
    const id = /<instanceId>([^<]+)</.exec(body)![1]!;
    return call({ Action: 'TerminateInstances', 'InstanceId.1': id });
  };
  return 2 * (await load(both, concurrency, seconds, () => ({}))).perSecond;
}

function hasMoto(): boolean {
  try {
    execFileSync('moto_server', ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function startMoto() {
  const port = await freePort();
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint, server);
  const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  const { call, close } = ec2Caller(endpoint, keys);
  return {
    call,
    async close() {
      close();
      const exited = once(server, 'exit');
      server.kill();
      await exited;
    },
  };
}

async function answers(endpoint: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer) return;
    await setTimeout(200);
  }
  throw new Error(`moto_server ended with ${server.exitCode}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
