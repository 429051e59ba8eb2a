import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';

/**
 * Ends what a stopped server's data folder still owns, region by region, and answers the names of what ought not to
 * have been there: guests and their daemons, when every instance was terminated.
 */
export async function endEverything(data: string): Promise<string[]> {
  const left: string[] = [];
  for (const region of readdirSync(data, { withFileTypes: true })) {
    if (!region.isDirectory()) continue;
    const processes = ownedProcesses(join(data, region.name, 'processes'));
    for (const name of processes.list()) {
      if (!name.startsWith('block-server')) left.push(name);
      await processes.stop(name, { timeoutMs: 10_000 });
    }
  }
  return left;
}

/** Names of all processes on this machine whose command line mentions the data folder or a folder below it. */
export function processesOf(data: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.includes(data) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
}
