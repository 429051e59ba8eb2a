import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnedProcesses } from '../../processes/owned-processes.ts';
import { type BlockServerOptions, blockServerCommand } from './command.ts';

const name = 'block-server';

export interface BlockServerProcessOptions extends BlockServerOptions {
  processes: OwnedProcesses;
  /** For its log and for what it was started with. */
  folder: string;
}

/**
 * Takes over the block server that outlived the last server, or starts one. Answers how to start it again should it end.
 * One whose socket is gone (/run was emptied, say) serves nobody any more, and one that was told of another bucket or
 * access key would serve errors: both make way.
 */
export async function takeOverBlockServer(options: BlockServerProcessOptions): Promise<() => Promise<void>> {
  const { processes, folder, ...served } = options;
  const { argv, stdin } = blockServerCommand(served);
  const revive = async () => {
    await processes.start({ name, argv, stdin, logFile: join(folder, 'block-server.log') });
  };
  const stampFile = join(folder, 'block-server.bucket');
  const stamp = stampOf(served);
  if (!existsSync(served.socketPath) || readStamp(stampFile) !== stamp) await processes.stop(name);
  if (stamp === undefined) rmSync(stampFile, { force: true });
  else writeFileSync(stampFile, stamp, { mode: 0o600 });
  await revive();
  return revive;
}

/** Tells buckets and access keys apart, and tells nobody which. */
function stampOf({ bucket, masterKey }: BlockServerOptions): string | undefined {
  return bucket && createHmac('sha256', masterKey).update(JSON.stringify(bucket)).digest('hex');
}

function readStamp(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
