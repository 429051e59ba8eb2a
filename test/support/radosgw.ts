/**
 * A Ceph cluster of the test's own, small enough to be up in seconds: one monitor, one OSD that keeps everything in
 * memory, and the RADOS gateway, which is a real S3. All on loopback, in a temporary folder, gone with `stop`.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { S3Credentials, S3Location } from '../../src/stores/objects/s3/settings.ts';
import { eventually } from './eventually.ts';
import { makeBucket } from './make-bucket.ts';

const run = promisify(execFile);

export interface Radosgw {
  readonly endpoint: string;
  readonly credentials: S3Credentials;
  /** The location of an empty bucket, made now. */
  createBucket(name: string): Promise<S3Location>;
  stop(): Promise<void>;
}

export async function startRadosgw(): Promise<Radosgw> {
  const folder = await mkdtemp(join(tmpdir(), 'amity-rgw-'));
  const daemons: ChildProcess[] = [];
  const stop = async () => {
    // Nothing here is to be kept, and an OSD takes its time to end well.
    for (const daemon of daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const exited = once(daemon, 'exit');
      daemon.kill('SIGKILL');
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await start(folder, daemons)), stop };
  } catch (error) {
    const logs = await Promise.all(['mon', 'osd', 'rgw'].map(name => tail(join(folder, `${name}.log`))));
    await stop();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error('These tests need Ceph: apt-get install ceph-mon ceph-osd radosgw', { cause: error });
    throw new Error(`The RADOS gateway did not start:\n${logs.join('\n')}`, { cause: error });
  }
}

async function start(folder: string, daemons: ChildProcess[]): Promise<Omit<Radosgw, 'stop'>> {
  const conf = join(folder, 'ceph.conf');
  const keyring = join(folder, 'keyring');
  const [monitorPort, gatewayPort] = await freePorts();
  const fsid = randomUUID();
  const call = (tool: string, ...args: string[]) => run(tool, args, { cwd: folder, timeout: 60_000 });
  const daemon = (tool: string, ...args: string[]) => {
    // A test run that is interrupted takes its cluster along.
    const child = spawn('setpriv', ['--pdeathsig=KILL', '--', tool, '-f', '-c', conf, ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
    daemons.push(child);
  };

  await Promise.all(['mon', 'osd'].map(name => mkdir(join(folder, name))));
  await writeFile(conf, configuration(folder, fsid, monitorPort!, gatewayPort!));
  await call('ceph-authtool', keyring, '--create-keyring', '--gen-key', '-n', 'mon.', ...caps('mon'));
  await call('ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...caps('mon', 'osd'));
  await call('ceph-authtool', keyring, '--gen-key', '-n', 'osd.0', ...caps('mon', 'osd'));
  const monmap = join(folder, 'monmap');
  const address = `[v2:127.0.0.1:${monitorPort}]`;
  await call('monmaptool', '--create', '--fsid', fsid, '--addv', 'a', address, monmap);
  await call('ceph-mon', '--mkfs', '-i', 'a', '-c', conf, '--monmap', monmap, '--keyring', keyring);
  daemon('ceph-mon', '-i', 'a');
  const osd = randomUUID();
  await call('ceph', '-c', conf, 'osd', 'new', osd, '0');
  await call('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd, '-c', conf);
  daemon('ceph-osd', '-i', '0');
  daemon('radosgw', '-n', 'client.admin');

  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  await eventually('the gateway answers', async () => (await fetch(endpoint)).ok, 60_000);
  const credentials = {
    accessKeyId: randomBytes(10).toString('hex').toUpperCase(),
    secretAccessKey: randomBytes(20).toString('hex'),
  };
  const keys = ['--access-key', credentials.accessKeyId, '--secret', credentials.secretAccessKey];
  await call('radosgw-admin', '-c', conf, 'user', 'create', '--uid=amity', '--display-name=amity', ...keys);
  return {
    endpoint,
    credentials,
    async createBucket(name) {
      const location = { bucket: name, prefix: '', endpoint, region: 'us-east-1', pathStyle: true };
      await makeBucket(location, credentials);
      return location;
    },
  };
}

/** One copy of everything, no manager daemon, no logs but those asked for. */
function configuration(folder: string, fsid: string, monitorPort: number, gatewayPort: number): string {
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monitorPort}
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${folder}/keyring
run dir = ${folder}
crash dir = ${folder}
admin socket =
mon cluster log file = ${folder}/cluster.log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
[mon.a]
mon data = ${folder}/mon
log file = ${folder}/mon.log
[osd.0]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
log file = ${folder}/osd.log
[client.admin]
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw data = ${folder}
log file = ${folder}/rgw.log
`;
}

function caps(...services: string[]): string[] {
  return services.flatMap(service => ['--cap', service, 'allow *']);
}

/** Two ports that were free a moment ago: Ceph has to be told its own. */
async function freePorts(): Promise<number[]> {
  const servers = [createServer(), createServer()];
  const ports = [];
  for (const server of servers) {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ports.push((server.address() as { port: number }).port);
  }
  await Promise.all(servers.map(server => once(server.close(), 'close')));
  return ports;
}

async function tail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).slice(-5).join('\n');
}
