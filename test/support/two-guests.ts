/**
 * Boots two guests in one subnet of one VPC and prints, as JSON, what they and the host could reach. Run as a program of
 * its own, so that a test can run it as root and as nobody: `two-guests.ts FOLDER KERNEL INITRD PUBLIC-ADDRESS`. Its host has 198.51.100.1
 * and 10.9.9.9 for neighbours, which answer on port 80.
 */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createNamespaceNetwork } from '../../src/networks/namespace/namespace-network.ts';
import { runTool } from '../../src/networks/namespace/tool.ts';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';
import { type TinyGuest, tinyGuestArguments } from './tiny-guest.ts';
import { endpoint, plan, rule, vpcId, withUserData } from './vpc-plans.ts';

const [folder = '', kernel = '', initrd = '', publicAddress = ''] = process.argv.slice(2);
const guest: TinyGuest = { kernel, initrd };
const reports: string[] = [];
mkdirSync(join(folder, 'run'), { recursive: true });
const processFolder = join(folder, 'processes');
const processes = ownedProcesses(processFolder);

const hostAddress = Object.values(networkInterfaces())
  .flatMap(one => one ?? [])
  .find(one => one.family === 'IPv4' && !one.internal)?.address;
/** A service of the host that no guest may reach. */
let reachedHost = 0;
const hostService = createServer(socket => {
  reachedHost++;
  socket.on('error', () => undefined);
  socket.end('host');
}).listen(0, '0.0.0.0');
await once(hostService, 'listening');
const hostPort = (hostService.address() as { port: number }).port;

const server = `
for port in 7777 7778; do nc -ll -p $port -e echo answer-$port & done
nc -ll -p 22 -e sh -c 'echo guest-two' &
echo listening; sleep 1000
`;
const client = `
token=$(http PUT /latest/api/token 'X-aws-ec2-metadata-token-ttl-seconds: 60\\r\\n' | tail -n 1)
echo "metadata: $(get /latest/meta-data/local-ipv4)"
echo "without-token: $(http GET /latest/meta-data/ '' | head -n 1)"
echo "allowed: $(nc -w 3 172.31.20.2 7777 < /dev/null)"
echo "refused-by-group: $(nc -w 3 172.31.20.2 7778 < /dev/null)"
echo "host: $(nc -w 3 ${hostAddress ?? '127.0.0.1'} ${hostPort} < /dev/null)"
echo "slirp-host: $(nc -w 3 169.254.77.2 ${hostPort} < /dev/null)"
echo "outside: $(nc -w 5 198.51.100.1 80 < /dev/null)"
echo "private-range: $(nc -w 3 10.9.9.9 80 < /dev/null)"
echo "router: $(nc -w 3 172.31.16.1 80 < /dev/null)"
echo "ping-router: $(ping -c 1 -W 3 172.31.16.1 | grep -c '1 packets received')"
echo "name: $(nslookup ip-172-31-20-2.ec2.internal 172.31.0.2 | tail -n +3 | grep Address | sed 's/.*: //')"
ip addr add 172.31.20.9/32 dev eth0
echo "forged-ping: $(ping -c 1 -W 3 -I 172.31.20.9 172.31.16.1 | grep -c '1 packets received')"
echo asked; sleep 1000
`;

const network = await createNamespaceNetwork({
  folder: join(folder, 'networks'),
  runtimeFolder: join(folder, 'run'),
  processes,
  processFolder,
  report: message => reports.push(message),
});

async function boot(instanceId: string): Promise<string> {
  const nic = await network.nic(vpcId, instanceId);
  const log = join(folder, `${instanceId}.log`);
  const argv = [...nic.enter, ...tinyGuestArguments(guest, nic, log)];
  await processes.start({ name: `qemu-${instanceId}`, argv, logFile: join(folder, `${instanceId}.qemu`) });
  return log;
}

async function said(log: string, text: string): Promise<string> {
  for (const deadline = Date.now() + 100_000; Date.now() < deadline; await delay(200)) {
    const console = existsSync(log) ? readFileSync(log, 'utf8') : '';
    if (console.includes(`\n${text}\r`)) return console;
    if (console.includes('the guest is done')) break;
  }
  throw new Error(`the guest never said ${text}: ${existsSync(log) ? readFileSync(log, 'utf8') : 'nothing'}`);
}

/** What is heard from a public port until it closes. */
async function dial(port: number): Promise<string> {
  const socket = connect(port, publicAddress);
  socket.setTimeout(3_000, () => socket.destroy());
  let heard = '';
  socket.on('data', chunk => {
    heard += chunk;
  });
  socket.on('error', error => {
    heard = (error as NodeJS.ErrnoException).code ?? 'error';
  });
  await new Promise(resolve => socket.once('close', resolve));
  return heard.trim();
}

/** Counts the answers of the metadata service by how far they may go. */
const hopProbe = `table ip probe { chain count { type filter hook postrouting priority 300;
ip saddr 169.254.169.254 ip ttl 1 counter; ip saddr 169.254.169.254 ip ttl != 1 counter; }; }`;

async function inNamespace(...command: string[]): Promise<string> {
  const { enter } = await network.nic(vpcId, endpoint(2).networkInterfaceId);
  const [program = '', ...args] = [...enter, ...command];
  return runTool(program, args);
}

try {
  const two = withUserData(
    endpoint(2, {
      publicIpAddress: publicAddress,
      ingress: [rule('tcp', 22), rule('tcp', 7777, '172.31.20.1/32'), rule('tcp', 8081)],
    }),
    server,
  );
  const one = withUserData(endpoint(1), client);
  await network.apply(plan(two));
  const twoLog = await boot(two.instanceId);
  await network.apply(plan(one, two));
  await said(twoLog, 'listening');
  await inNamespace('nft', hopProbe);
  const oneLog = await boot(one.instanceId);
  const heard = await said(oneLog, 'asked');
  const ssh = network.publicPort(22);
  const outcome = {
    mode: network.mode,
    lease: /lease: (.*)\r/.exec(heard)?.[1],
    guest: Object.fromEntries(
      Array.from(heard.matchAll(/^([a-z-]+): (.*)\r$/gm), match => [match[1], match[2]]),
    ),
    reachedHost,
    /** How many answers had one hop to live, how many another number. */
    hops: Array.from(
      (await inNamespace('nft', 'list', 'table', 'ip', 'probe')).matchAll(/packets (\d+)/g),
      match => Number(match[1]),
    ),
    sshPort: ssh,
    publicAnswer: await dial(ssh),
    closedPort: await dial(8081),
    reachable: await network.isReachable(vpcId, two.instanceId),
    reachableWithoutService: await network.isReachable(vpcId, one.instanceId),
    // A holder that dies while its guests live comes back into their namespace.
    afterHolderDied: await (async () => {
      process.kill(processes.find(`holder-${vpcId}`)!.pid, 'SIGKILL');
      await processes.exited(`holder-${vpcId}`);
      await network.apply(plan(one, two));
      return [await network.isReachable(vpcId, two.instanceId), await dial(ssh)];
    })(),
    afterSlirpDied: await (async () => {
      process.kill(processes.find(`slirp-${vpcId}`)!.pid, 'SIGKILL');
      await processes.exited(`slirp-${vpcId}`);
      await network.apply(plan(one, two));
      return dial(ssh);
    })(),
    afterRevoke: await (async () => {
      await network.apply(plan(one, { ...two, ingress: [] }));
      return dial(ssh);
    })(),
    listed: await network.list(),
    reports,
  };
  console.log(JSON.stringify(outcome));
} finally {
  network.close();
  for (const name of processes.list().filter(name => name.startsWith('qemu-'))) await processes.stop(name);
  await network.remove(vpcId);
  hostService.close();
}
console.log(JSON.stringify({ left: processes.list() }));
