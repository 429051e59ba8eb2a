import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { VpcPlan } from '../../../domain/vpc-plan-types.ts';
import type { OwnedProcesses } from '../../../processes/owned-processes.ts';
import { dhcpGuests, dnsmasqArguments, hostNames } from '../dnsmasq.ts';

export interface DnsmasqSettings {
  /** Unique name of the process. */
  name: string;
  program: string;
  /** Holds the files it reads again at SIGHUP. */
  folder: string;
  /** Whom it becomes; undefined in a user namespace. */
  account?: string;
  logFile: string;
}

/**
 * Keeps dnsmasq running for the last plan: new guests are told to it, new subnets restart it, a dead one is replaced. It
 * outlives a holder that died; the next one restarts it, since it cannot know its arguments.
 */
export function dnsmasqProcess(processes: OwnedProcesses, settings: DnsmasqSettings) {
  const { name, folder } = settings;
  let running: string[] | undefined;
  /** MAC addresses by the addresses it was told they get, since it was started. */
  const told = new Map<string, string>();

  const start = async (args: string[]) => {
    await processes.stop(name);
    told.clear();
    await processes.start({ name, argv: [settings.program, ...args], logFile: settings.logFile });
    running = args;
    void watch(args);
  };

  const watch = async (args: string[]) => {
    await processes.exited(name);
    for (let isBack = false; !isBack; ) {
      // Not at once: one that cannot start would be started without end.
      await delay(1000);
      if (running !== args || processes.find(name)) return;
      isBack = await start(args).then(
        () => true,
        error => {
          console.error(error);
          return false;
        },
      );
    }
  };

  return {
    async apply(plan: VpcPlan): Promise<void> {
      await mkdir(folder, { recursive: true });
      await chmod(folder, 0o755);
      await writePublic(join(folder, 'guests'), dhcpGuests(plan));
      await writePublic(join(folder, 'hosts'), hostNames(plan));
      const args = dnsmasqArguments(plan, folder, settings.account);
      const alive = processes.find(name);
      // An address that had another guest stays leased to that one for its hour, unless dnsmasq forgets all leases.
      const isPassedOn = plan.endpoints.some(one => {
        const before = told.get(one.privateIpAddress);
        return before !== undefined && before !== one.macAddress;
      });
      if (alive && !isPassedOn && JSON.stringify(args) === JSON.stringify(running))
        process.kill(alive.pid, 'SIGHUP');
      else await start(args);
      for (const one of plan.endpoints) told.set(one.privateIpAddress, one.macAddress);
    },
  };
}

/** Readable to whom dnsmasq becomes, whatever the umask; who may come here at all the folder above decides. */
async function writePublic(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await chmod(file, 0o644);
}
