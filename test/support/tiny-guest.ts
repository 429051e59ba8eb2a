/** A guest of a few megabytes for tests of the network: Debian's kernel and busybox, which runs its user data. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GuestNic } from '../../src/engines/engine.ts';
import { hotPlugBus } from '../../src/engines/qemu/drive.ts';

const run = promisify(execFile);

export interface TinyGuest {
  kernel: string;
  initrd: string;
}

/** Kernel and initrd, built once; the package with the kernel is kept in the system's temporary folder. */
export async function tinyGuest(folder: string): Promise<TinyGuest> {
  const cache = join(tmpdir(), 'amity-test-cache');
  await mkdir(cache, { recursive: true });
  const unpacked = await mkdtemp(join(folder, 'kernel-'));
  await run('dpkg-deb', ['-x', await kernelPackage(cache), unpacked], { maxBuffer: 1e8 });
  const boot = join(unpacked, 'boot');
  const kernel = join(folder, 'vmlinuz');
  await cp(join(boot, (await readdir(boot)).find(name => name.startsWith('vmlinuz'))!), kernel);
  const modules = join(unpacked, 'lib/modules');
  const drivers = join(modules, (await readdir(modules))[0]!, 'kernel');
  const initrd = join(folder, 'initrd');
  await buildInitrd(await mkdtemp(join(folder, 'root-')), drivers, initrd);
  await rm(unpacked, { recursive: true });
  await chmod(kernel, 0o644);
  return { kernel, initrd };
}

async function kernelPackage(cache: string): Promise<string> {
  const { stdout } = await run('apt-cache', ['depends', 'linux-image-cloud-amd64']);
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (!name) throw new Error('apt knows no linux-image-cloud-amd64: run apt-get update');
  const cached = async () => (await readdir(cache)).find(file => file.startsWith(`${name}_`));
  if (!(await cached())) {
    const download = await mkdtemp(join(cache, 'download-'));
    await run('apt-get', ['download', name], { cwd: download });
    for (const file of await readdir(download)) await rename(join(download, file), join(cache, file));
    await rm(download, { recursive: true });
  }
  return join(cache, (await cached())!);
}

/** In the order they need each other. */
const modules = [
  'drivers/virtio/virtio_ring',
  'drivers/virtio/virtio',
  'drivers/virtio/virtio_pci_legacy_dev',
  'drivers/virtio/virtio_pci_modern_dev',
  'drivers/virtio/virtio_pci',
  'net/core/failover',
  'drivers/net/net_failover',
  'drivers/net/virtio_net',
];

/** What a guest needs that translates addresses, besides nft; its script calls `load` with them. */
export const natModules = [
  'net/netfilter/nfnetlink',
  'lib/libcrc32c',
  'net/netfilter/nf_tables',
  'net/ipv4/netfilter/nf_defrag_ipv4',
  'net/ipv6/netfilter/nf_defrag_ipv6',
  'net/netfilter/nf_conntrack',
  'net/netfilter/nf_nat',
  'net/netfilter/nft_chain_nat',
  'net/netfilter/nft_masq',
];

const nameOf = (path: string) => path.split('/').at(-1)!;

const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /etc /tmp /sbin
/bin/busybox mount -t proc p /proc; /bin/busybox mount -t sysfs s /sys; /bin/busybox mount -t devtmpfs d /dev
/bin/busybox --install -s /bin
exec > /dev/ttyS0 2>&1 < /dev/null
load() { for module; do insmod /modules/$(basename $module).ko; done; }
load ${modules.join(' ')}
ip link set lo up; ip link set eth0 up
udhcpc -i eth0 -s /udhcpc -f -q -n -t 20 -T 1
http() { printf "$1 $2 HTTP/1.0\\r\\n$3\\r\\n" | nc -w 10 169.254.169.254 80; }
token=$(http PUT /latest/api/token 'X-aws-ec2-metadata-token-ttl-seconds: 3600\\r\\n' | tail -n 1)
get() { http GET "$1" "X-aws-ec2-metadata-token: $token\\r\\n" | sed '1,/^\\r$/d'; }
get /latest/user-data > /tmp/user-data
. /tmp/user-data
echo the guest is done
poweroff -f
`;

const udhcpc = `#!/bin/busybox sh
[ "$1" = bound ] || exit 0
ip addr add $ip/$mask dev $interface; ip route add default via $router
echo "nameserver $dns" > /etc/resolv.conf; hostname "$hostname"
echo "lease: $ip/$mask router $router dns $dns hostname $hostname domain $domain"
`;

async function buildInitrd(root: string, drivers: string, initrd: string): Promise<void> {
  await mkdir(join(root, 'bin'));
  await mkdir(join(root, 'modules'));
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find(existsSync);
  if (!busybox) throw new Error('busybox is missing: install busybox-static');
  await cp(busybox, join(root, 'bin/busybox'), { dereference: true });
  for (const path of [...modules, ...natModules])
    await cp(join(drivers, `${path}.ko`), join(root, 'modules', `${nameOf(path)}.ko`));
  await copyProgram('/usr/sbin/nft', root);
  await writeFile(join(root, 'init'), init, { mode: 0o755 });
  await writeFile(join(root, 'udhcpc'), udhcpc, { mode: 0o755 });
  await run('/bin/sh', ['-c', `cd "$1" && find . | cpio -o -H newc --quiet > "$2"`, 'sh', root, initrd]);
  await chmod(initrd, 0o644);
  await rm(root, { recursive: true });
}

/** With the libraries it needs. */
async function copyProgram(path: string, root: string): Promise<void> {
  const { stdout } = await run('ldd', [path]);
  const libraries = Array.from(stdout.matchAll(/(\/\S+) \(0x/g), match => match[1]!);
  for (const file of [path, ...libraries])
    await cp(file, join(root, file), { dereference: true, recursive: true });
}

/**
 * The command line that boots it on a tap, with a bus for others; what it prints on its serial console goes to `log`, its
 * monitor is at `qmpSocket`.
 */
export function tinyGuestArguments(
  guest: TinyGuest,
  nic: GuestNic,
  log: string,
  qmpSocket: string,
): string[] {
  return [
    '/usr/bin/qemu-system-x86_64',
    ...['-M', 'q35', '-accel', 'tcg', '-m', '192', '-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-kernel', guest.kernel, '-initrd', guest.initrd],
    ...['-append', 'console=ttyS0 quiet panic=-1'],
    ...['-serial', `file:${log}`],
    ...['-qmp', `unix:${qmpSocket},server=on,wait=off`],
    ...['-netdev', `tap,id=n0,ifname=${nic.tap},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=n0,mac=${nic.macAddress},romfile=`],
    ...['-device', 'pcie-root-port,id=rp0,chassis=1', '-device', `pcie-pci-bridge,id=${hotPlugBus},bus=rp0`],
  ];
}
