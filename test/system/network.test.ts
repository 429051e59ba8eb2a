import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tapName } from '../../src/networks/namespace/addresses.ts';
import { detectMode, newNamespace } from '../../src/networks/namespace/mode.ts';
import {
  createNamespaceNetwork,
  type NamespaceNetwork,
  type NamespaceNetworkOptions,
} from '../../src/networks/namespace/namespace-network.ts';
import { ruleset } from '../../src/networks/namespace/ruleset.ts';
import { runTool } from '../../src/networks/namespace/tool.ts';
import { type OwnedProcesses, ownedProcesses } from '../../src/processes/owned-processes.ts';
import { networkContract } from '../contract/network.ts';
import { eventually } from '../support/eventually.ts';
import { allTraffic, endpoint, plan, rule, vpcId } from '../support/vpc-plans.ts';

const run = promisify(execFile);

async function fresh() {
  const folder = await mkdtemp(join(tmpdir(), 'amity-'));
  await mkdir(join(folder, 'run'));
  const processFolder = join(folder, 'processes');
  const processes = ownedProcesses(processFolder);
  const options: NamespaceNetworkOptions = {
    folder: join(folder, 'networks'),
    runtimeFolder: join(folder, 'run'),
    processes,
    processFolder,
    report: () => undefined,
  };
  const network = await createNamespaceNetwork(options);
  const end = async () => {
    network.close();
    await network.remove(vpcId);
    expect(processes.list()).toEqual([]);
    await rm(folder, { recursive: true });
  };
  return { folder, processes, options, network, end };
}

networkContract('namespaces', fresh);

test('nft takes the ruleset', async () => {
  const everything = [
    rule('tcp', 22),
    rule('udp', 53, '10.0.0.0/8'),
    rule('icmp', -1),
    { ...rule('icmp', 3), toPort: 4 },
    { ...rule('icmp', 8), toPort: -1 },
    rule('tcp', 22, '127.0.0.1/32'),
    allTraffic,
    { ...allTraffic, cidr: '172.31.0.0/16' },
  ];
  const two = plan(endpoint(1, { ingress: everything, egress: everything }), endpoint(2));
  const secondaryAddresses = [{ privateIpAddress: '172.31.20.9' }];
  const odd = plan(endpoint(1, { secondaryAddresses, sourceDestCheck: false, hasInternet: false }));
  for (const vpc of [plan(), two, odd]) {
    const text = ruleset({ plan: vpc, hostAddresses: ['192.0.2.2'], allowedRanges: ['10.20.0.0/16'] });
    const [program = '', ...args] = newNamespace[await detectMode()];
    await runTool(program, [...args, 'nft', '-c', '-f', '-'], text);
  }
});

describe('a VPC of namespaces', () => {
  let made: Awaited<ReturnType<typeof fresh>>;
  let network: NamespaceNetwork;
  let processes: OwnedProcesses;

  beforeEach(async () => {
    made = await fresh();
    ({ network, processes } = made);
  });
  afterEach(() => made.end());

  /** Runs a command in the VPC's namespace. */
  async function inside(...command: string[]): Promise<string> {
    const { enter } = await network.nic(vpcId, endpoint(1).networkInterfaceId);
    const [program = '', ...args] = [...enter, ...command];
    return (await run(program, args)).stdout;
  }

  test('has a tap for each guest, which carries the router and leads to the guest alone', async () => {
    await network.apply(plan(endpoint(1), endpoint(2)));
    const { tap } = await network.nic(vpcId, endpoint(1).networkInterfaceId);
    expect(await inside('ip', '-4', '-br', 'addr', 'show', tap)).toMatch(/172\.31\.16\.1\/20 *\n/);
    expect(await inside('ip', '-4', 'route', 'show', 'dev', tap)).toMatch(/^172\.31\.20\.1 scope link/);
    await network.apply(plan(endpoint(1)));
    expect((await inside('ip', '-br', 'link')).match(/^vm\S+/gm)).toEqual([tap]);
  });

  test('leads every address of an interface to its tap, and one that moves to the other', async () => {
    const secondaryAddresses = [{ privateIpAddress: '172.31.20.9' }];
    const routes = async (number: number) => {
      const { tap } = await network.nic(vpcId, endpoint(number).networkInterfaceId);
      const shown = await inside('ip', '-4', 'route', 'show', 'dev', tap);
      return Array.from(shown.matchAll(/^[\d.]+/gm), match => match[0]).sort();
    };
    await network.apply(plan(endpoint(1, { secondaryAddresses }), endpoint(2)));
    expect(await routes(1)).toEqual(['172.31.20.1', '172.31.20.9']);
    await network.apply(plan(endpoint(1), endpoint(2, { secondaryAddresses })));
    expect(await routes(1)).toEqual(['172.31.20.1']);
    expect(await routes(2)).toEqual(['172.31.20.2', '172.31.20.9']);
  });

  test('has a tap for each interface of a guest, in the subnet of each', async () => {
    const subnetCidrBlock = '172.31.32.0/20';
    const { instanceId } = endpoint(1);
    const second = endpoint(2, {
      ...{ instanceId, deviceIndex: 1, privateIpAddress: '172.31.32.2', subnetCidrBlock },
    });
    await network.apply(plan(endpoint(1), second));
    const { tap } = await network.nic(vpcId, second.networkInterfaceId);
    expect(await inside('ip', '-4', '-br', 'addr', 'show', tap)).toMatch(/172\.31\.32\.1\/20 *\n/);
    expect(await inside('ip', '-4', 'route', 'get', '172.31.32.2')).toContain(`dev ${tap}`);
  });

  test('takes over taps that were named after their guests', async () => {
    const guest = endpoint(1, { instanceId: 'i-0fedcba9876543210' });
    await network.apply(plan(guest));
    const { tap } = await network.nic(vpcId, endpoint(1).networkInterfaceId);
    const former = tapName(guest.instanceId);
    const number = async (name: string) =>
      /^(\d+):/.exec(await inside('ip', '-o', 'link', 'show', name))?.[1];
    const before = await number(tap);
    await inside('ip', 'link', 'set', 'dev', tap, 'down');
    await inside('ip', 'link', 'set', 'dev', tap, 'name', former);
    await network.apply(plan(guest));
    expect(await number(tap)).toBe(before);
    expect(await inside('ip', '-4', 'route', 'show', 'dev', tap)).toMatch(/^172\.31\.20\.1 scope link/);
  });

  test('keeps its plan where nobody else can read it', async () => {
    await network.apply(plan(endpoint(1)));
    const file = join(made.folder, 'networks', vpcId, 'plan.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8')).plan).toEqual(plan(endpoint(1)));
  });

  test('a plan that is malformed is refused and leaves the last one', async () => {
    await network.apply(plan(endpoint(1)));
    const wrong = endpoint(2, { macAddress: 'x' });
    await expect(network.apply(plan(wrong))).rejects.toThrow(/macAddress is malformed/);
    expect(await network.list()).toEqual([vpcId]);
    await network.apply(plan(endpoint(1)));
    expect((await inside('ip', '-br', 'link')).match(/^vm\S+/gm)).toHaveLength(1);
  });

  test('another server adopts what runs, and changes nothing that stays', async () => {
    await network.apply(plan(endpoint(1)));
    const before = ['holder', 'slirp'].map(name => processes.find(`${name}-${vpcId}`));
    network.close();
    const again = ownedProcesses(made.options.processFolder);
    network = await createNamespaceNetwork({ ...made.options, processes: again });
    expect(await network.list()).toEqual([vpcId]);
    await network.apply(plan(endpoint(1)));
    expect(['holder', 'slirp'].map(name => again.find(`${name}-${vpcId}`))).toEqual(before);
    network.close();
  });

  test('names and leases that were killed are back by themselves, without a server', async () => {
    await network.apply(plan(endpoint(1)));
    network.close();
    const name = `dnsmasq-${vpcId}`;
    const dead = processes.find(name)!;
    process.kill(dead.pid, 'SIGKILL');
    await processes.exited(name);
    const answer = await eventually('names again', () =>
      inside('busybox', 'nslookup', 'ip-172-31-20-1.ec2.internal', '172.31.0.2'),
    );
    expect(answer).toMatch(/Address: 172\.31\.20\.1$/m);
    expect(processes.find(name)).not.toEqual(dead);
  });

  test('a holder that was killed is started again by itself, in the same namespace', async () => {
    await network.apply(plan(endpoint(1)));
    const namespace = () => inside('readlink', '/proc/self/ns/net');
    const before = await namespace();
    const dead = processes.find(`holder-${vpcId}`)!;
    process.kill(dead.pid, 'SIGKILL');
    await processes.exited(`holder-${vpcId}`);
    expect(await namespace()).toBe(before);
    expect(processes.find(`holder-${vpcId}`)).not.toEqual(dead);
  });
});
