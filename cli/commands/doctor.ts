import * as checks from '../doctor/checks.ts';
import { sentence } from '../errors.ts';
import { print } from '../output.ts';
import { type Check, loadMaintenance } from '../server.ts';

export interface DoctorOptions {
  data: string;
  listen: string;
  blocks?: string;
  blocksCredentials?: string;
  json?: boolean;
}

export async function doctor(options: DoctorOptions): Promise<void> {
  const results = (
    await Promise.all([
      checks.nodeVersion(),
      checks.tools(),
      serverChecks(options),
      checks.networkMode(),
      checks.tapDevice(),
      checks.freeDisk(options.data),
      checks.freePort(options.listen),
    ])
  ).flat();
  print(options.json, results, results.flatMap(lines));
  if (results.some(result => result.state === 'missing')) process.exitCode = 1;
}

/** What only the server's own code can tell: the accelerator that a guest has tried, and whether the bucket does. */
async function serverChecks({ data, blocks, blocksCredentials }: DoctorOptions): Promise<Check[]> {
  try {
    const { diagnose } = await loadMaintenance();
    return await diagnose({ data, blocks, blocksCredentials });
  } catch (error) {
    return [{ what: 'server', state: 'missing', detail: sentence(error).split('\n')[0]!, remedy: 'npm ci' }];
  }
}

const marks = { ok: '✓', warning: '!', missing: '✗' };

const lines = ({ what, state, detail, remedy }: Check) => [
  `${marks[state]} ${what}: ${detail}`,
  ...(remedy ? [`    ${remedy}`] : []),
];
