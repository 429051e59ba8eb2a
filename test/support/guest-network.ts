/** What the programs share that boot guests in a namespace network: `PROGRAM FOLDER KERNEL INITRD PUBLIC-ADDRESS`. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../src/domain/vpc-plan-types.ts';
import { createNamespaceNetwork } from '../../src/networks/namespace/namespace-network.ts';
import { runTool } from '../../src/networks/namespace/tool.ts';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';
import { tinyGuestArguments } from './tiny-guest.ts';
import { vpcId } from './vpc-plans.ts';

const [folder = '', kernel = '', initrd = '', publicAddress = ''] = process.argv.slice(2);

export async function guestNetwork() {
  const reports: string[] = [];
  mkdirSync(join(folder, 'run'), { recursive: true });
  const processFolder = join(folder, 'processes');
  const processes = ownedProcesses(processFolder);
  const network = await createNamespaceNetwork({
    folder: join(folder, 'networks'),
    runtimeFolder: join(folder, 'run'),
    processes,
    processFolder,
    report: message => reports.push(message),
  });
  const log = (one: Endpoint) => join(folder, `${one.instanceId}.log`);
  const qmpSocket = (one: Endpoint) => join(folder, 'run', `${one.instanceId}.qmp`);
  return {
    network,
    processes,
    reports,
    publicAddress,
    otherPublicAddress: publicAddress.replace(/\d+$/, number => `${Number(number) + 100}`),
    qmpSocket,

    async boot(one: Endpoint): Promise<void> {
      const nic = await network.nic(vpcId, one.networkInterfaceId);
      const argv = [...nic.enter, ...tinyGuestArguments({ kernel, initrd }, nic, log(one), qmpSocket(one))];
      const logFile = join(folder, `${one.instanceId}.qemu`);
      await processes.start({ name: `qemu-${one.instanceId}`, argv, logFile });
    },

    /** Waits until the guest has written a line that begins so; answers all it has written. */
    async said(one: Endpoint, text: string): Promise<string> {
      for (const deadline = Date.now() + 150_000; Date.now() < deadline; await delay(200)) {
        const console = existsSync(log(one)) ? readFileSync(log(one), 'utf8') : '';
        if (console.includes(`\n${text}`)) return console;
        if (console.includes('the guest is done')) break;
      }
      const console = existsSync(log(one)) ? readFileSync(log(one), 'utf8') : 'nothing';
      throw new Error(`the guest never said ${text}: ${console}`);
    },

    /** What is heard from a public port until it closes. */
    async dial(port: number, address = publicAddress): Promise<string> {
      const socket = connect(port, address);
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
    },

    /** Runs a command where the taps are. */
    async inNamespace(one: Endpoint, ...command: string[]): Promise<string> {
      const { enter } = await network.nic(vpcId, one.networkInterfaceId);
      const [program = '', ...args] = [...enter, ...command];
      return runTool(program, args);
    },

    async end(): Promise<void> {
      network.close();
      for (const name of processes.list().filter(name => name.startsWith('qemu-')))
        await processes.stop(name);
      for (const id of await network.list()) await network.remove(id);
      console.log(JSON.stringify({ left: processes.list() }));
    },
  };
}

/** The lines `name: value` of a guest's console, but for what its programs complain of. */
export function answers(console: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(console.matchAll(/^(?!nc:|ip:|udhcpc:)([a-z-]+): (.*)\r$/gm), match => [match[1]!, match[2]!]),
  );
}
