import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root, run } from '../../test/support/amity.ts';
import { banner } from './ssh-banner.ts';

/** What a person would give it: the machine and memory of a t3.nano, QEMU's own defaults for the rest. */
const hardware = ['-M', 'pc-q35-7.2', '-smp', '2', '-m', '512', '-nodefaults'];

/** Seconds from the start of a QEMU of our own making, on a raw file beside it, to the SSH banner. */
export async function startByHand(folder: string, metadataPort: number): Promise<number> {
  const disk = join(folder, 'by-hand.raw');
  if (!existsSync(disk)) await run(join(root, 'images/tiny/build'), [disk]);
  const port = await freePort();
  const user = [
    'user,id=n0,net=169.254.0.0/16,dhcpstart=169.254.1.15,restrict=on',
    `hostfwd=tcp:127.0.0.1:${port}-:22`,
    `guestfwd=tcp:169.254.169.254:80-cmd:/bin/busybox nc 127.0.0.1 ${metadataPort}`,
  ].join(',');
  const start = performance.now();
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...hardware,
      ...['-accel', acceleratorOf(folder)],
      ...['-display', 'none', '-serial', 'null', '-drive', `file=${disk},format=raw,if=virtio,snapshot=on`],
      ...['-netdev', user, '-device', 'virtio-net-pci,netdev=n0,romfile=', '-device', 'virtio-rng-pci'],
    ],
    { stdio: 'ignore' },
  );
  const gone = once(qemu, 'exit');
  try {
    await banner('127.0.0.1', port);
    return (performance.now() - start) / 1000;
  } finally {
    qemu.kill('SIGKILL');
    await gone;
  }
}

/** As the server found it to be: a hand that types `-accel kvm` where KVM is broken would wait for ever. */
function acceleratorOf(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'accelerator.json'), 'utf8')).accelerator;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
