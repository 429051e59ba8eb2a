/** The block server: a region's snapshots as read-only NBD exports, in a process that outlives the server. */
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { serveNbd } from '../nbd/server.ts';
import { bucketPacks, farParallel } from './bucket-packs.ts';
import { parseBlockServerOptions } from './command.ts';
import { snapshotExports } from './exports.ts';
import { openLocalSnapshots } from './local-snapshots.ts';

/** One line per error, even where it has a cause or a stack. */
function log(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message.replaceAll(/\s*\n\s*/g, ' | ')}\n`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdin.destroy();
    return line;
  }
  throw new Error('The block server got no options on standard input');
}

/** Removes a socket nobody listens on, left by a server that was killed. */
async function removeStaleSocket(socketPath: string): Promise<void> {
  const answers = await new Promise<boolean>((resolve, reject) => {
    const probe = connect(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
  if (answers) throw new Error(`Another server answers on ${socketPath}`);
  await rm(socketPath, { force: true });
}

async function main(): Promise<void> {
  const options = parseBlockServerOptions(await firstLine());
  process.umask(0o077);
  const { blocksFolder, masterKey, bucket } = options;
  const snapshots = openLocalSnapshots(blocksFolder, masterKey, bucket && bucketPacks(bucket, blocksFolder));
  await removeStaleSocket(options.socketPath);
  const onError = (error: unknown) => log(describe(error));
  const { lookup, list, ...served } = snapshotExports({
    ...snapshots,
    cacheBytes: options.cacheBytes,
    ...(bucket && { parallel: farParallel }),
    onError,
  });
  const server = await serveNbd({ socketPath: options.socketPath, lookup, list, onError });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.close();
    await served.settled();
    await snapshots.close();
    log(`ends after ${JSON.stringify(served.counters)}`);
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

// It outlives whoever started it, and whoever read what it prints.
process.on('SIGHUP', () => undefined);
process.stderr.on('error', () => undefined);
main().catch(error => {
  log(describe(error));
  process.exit(1);
});
