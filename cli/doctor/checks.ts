/** What `doctor` looks at. Each check answers with a remedy where something is missing. */
import { execFile } from 'node:child_process';
import { access, constants, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { sentence } from '../errors.ts';
import { refuseTakenPort } from '../foreground.ts';
import { inPath } from '../in-path.ts';
import { type Check, parseListen } from '../server.ts';
import { neededTools } from './tools.ts';

const run = promisify(execFile);
const gibibyte = 2 ** 30;

export const nodeVersion = (version = process.versions.node): Check => ({
  what: 'Node',
  ...(Number(version.split('.')[0]) >= 24
    ? { state: 'ok', detail: version }
    : { state: 'missing', detail: `${version} is too old`, remedy: 'npm ci' }),
});

export async function tools(): Promise<Check> {
  const found = await Promise.all(
    neededTools.map(async ([tool, name]) => ((await inPath(tool)) ? '' : name)),
  );
  const missing = [...new Set(found.filter(Boolean))];
  const grub = await exists('/usr/lib/grub/i386-pc/boot.img');
  if (!grub) missing.push('grub-pc-bin');
  return missing.length === 0
    ? { what: 'packages', state: 'ok', detail: 'all are installed' }
    : {
        what: 'packages',
        state: 'missing',
        detail: `${missing.join(', ')}`,
        remedy: `apt-get install --no-install-recommends ${missing.join(' ')}`,
      };
}

/** Networks are namespaces: plain ones for root, those of an unprivileged user namespace for anyone else. */
export async function networkMode(): Promise<Check> {
  const asRoot = process.getuid?.() === 0;
  try {
    await run('unshare', asRoot ? ['-n', 'true'] : ['-Urn', 'true']);
    return {
      what: 'network',
      state: 'ok',
      detail: asRoot
        ? 'network namespaces of root: guests answer on their own ports'
        : 'network namespaces without root: port 22 of a guest appears as 10022',
    };
  } catch (error) {
    return {
      what: 'network',
      state: 'missing',
      detail: `namespaces cannot be made (${sentence(error).split('\n')[0]})`,
      remedy: asRoot
        ? 'run outside a container that forbids `unshare -n`'
        : 'as root: sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0',
    };
  }
}

export async function tapDevice(path = '/dev/net/tun'): Promise<Check> {
  const usable = await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  return usable
    ? { what: 'tap devices', state: 'ok', detail: path }
    : {
        what: 'tap devices',
        state: 'missing',
        detail: `${path} cannot be opened`,
        remedy: `as root: modprobe tun; chmod 666 ${path}`,
      };
}

export async function freeDisk(data: string): Promise<Check> {
  const folder = await nearestFolder(resolve(data));
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / gibibyte;
  const detail = `${free.toFixed(1)} GiB free at ${folder}`;
  if (free < 1)
    return { what: 'disk', state: 'missing', detail, remedy: 'make room, or choose another --data' };
  return free < 5
    ? { what: 'disk', state: 'warning', detail, remedy: '5 GiB or more leave room for a few images' }
    : { what: 'disk', state: 'ok', detail };
}

export async function freePort(listen: string): Promise<Check> {
  const { host, port } = parseListen(listen);
  try {
    await refuseTakenPort(host, port);
    return { what: 'port', state: 'ok', detail: `${listen} is free` };
  } catch (error) {
    // A server that runs is no fault; doctor may be called beside it.
    return { what: 'port', state: 'warning', detail: `${listen} is taken`, remedy: sentence(error) };
  }
}

async function nearestFolder(path: string): Promise<string> {
  return (await exists(path)) ? path : nearestFolder(dirname(path));
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
