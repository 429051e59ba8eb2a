/**
 * A stopped guest's memory out of QEMU, and into another one, over a unix socket: QEMU itself may start no program
 * (`-sandbox spawn=deny`). https://www.qemu.org/docs/master/devel/migration/main.html
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { QmpClient } from '../../../qmp/client.ts';
import { goneDrives } from '../hot-plug.ts';
import type { Accelerator } from '../machines.ts';
import { type MachineRecord, type PciBus, placesOf } from './machine-layout.ts';
import { MemoryUnusable } from './sealed-memory.ts';

/** Bytes a second: as fast as it goes. */
const maxBandwidth = 2 ** 40;
/** No machine has so much memory, and no disk is so slow, that it takes longer; in milliseconds. */
const longest = 30 * 60_000;
const cancelDeadline = 10_000;
const cancelInterval = 50;
const ended = new Set([undefined, 'none', 'completed', 'failed', 'cancelled']);

/** What is to be known of a machine to make one like it. */
export async function describeMachine(qmp: QmpClient): Promise<MachineRecord> {
  const { enabled } = await qmp.execute<{ enabled: boolean }>('query-kvm');
  const accelerator: Accelerator = enabled ? 'kvm' : 'tcg';
  const places = placesOf(await qmp.execute<PciBus[]>('query-pci'));
  const vcpus = (await qmp.execute<unknown[]>('query-cpus-fast')).length;
  const memory = await qmp.execute<{ 'base-memory': number }>('query-memory-size-summary');
  return {
    ...{ qemu: await versionOf(qmp), accelerator, vcpus, memoryMiB: memory['base-memory'] / 2 ** 20 },
    ...{ ...places, gone: await goneDrives(qmp) },
  };
}

export async function versionOf(qmp: QmpClient): Promise<string> {
  const { qemu } = await qmp.execute<{ qemu: { major: number; minor: number } }>('query-version');
  return `${qemu.major}.${qemu.minor}`;
}

/** Ends a migration that a former server has begun: with that server its bytes have gone. */
export async function endMigration(qmp: QmpClient): Promise<void> {
  const deadline = Date.now() + cancelDeadline;
  for (let asked = false; ; asked = true) {
    const { status } = await qmp.execute<{ status?: string }>('query-migrate');
    if (ended.has(status)) return;
    if (Date.now() > deadline) throw new Error('a migration that was begun earlier does not end');
    if (!asked) await qmp.execute('migrate_cancel');
    else await delay(cancelInterval);
  }
}

/**
 * Has QEMU write a stopped guest's memory to `sink`, which is given the bytes, and a promise that comes true when they are
 * all of it.
 */
export async function saveMemory(
  qmp: QmpClient,
  socketPath: string,
  sink: (memory: Readable, isWhole: Promise<void>) => Promise<void>,
): Promise<void> {
  await rm(socketPath, { force: true });
  const server = createServer();
  try {
    server.listen(socketPath);
    await once(server, 'listening');
    const isWhole = watchMigration(qmp);
    isWhole.catch(() => undefined);
    const connected = once(server, 'connection') as Promise<[Socket]>;
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': maxBandwidth });
    await qmp.execute('migrate', { uri: `unix:${socketPath}` });
    const [memory] = await Promise.race([connected, isWhole.then(() => connected)]);
    try {
      await sink(memory, isWhole);
    } finally {
      memory.destroy();
    }
  } finally {
    server.close();
    await rm(socketPath, { force: true });
  }
}

/** Gives a QEMU that was started with `-incoming defer` its memory. @throws MemoryUnusable when it does not take it */
export async function loadMemory(
  qmp: QmpClient,
  socketPath: string,
  memory: AsyncIterable<Buffer>,
): Promise<void> {
  await rm(socketPath, { force: true });
  const loaded = watchMigration(qmp);
  loaded.catch(() => undefined);
  try {
    await qmp.execute('migrate-incoming', { uri: `unix:${socketPath}` });
    let failure: unknown;
    const pieces = async function* () {
      try {
        yield* memory;
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    try {
      await pipeline(pieces, connect(socketPath));
      await loaded;
    } catch (cause) {
      // QEMU hangs up, and ends, where it cannot read on; what went wrong on our side is told as it is.
      throw failure ?? new MemoryUnusable('QEMU did not take it', { cause });
    }
  } finally {
    await rm(socketPath, { force: true });
  }
}

/** Comes true when the next migration is complete. Its events must be asked for first. */
async function watchMigration(qmp: QmpClient): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const forget = qmp.onEvent(({ name, data }) => {
    if (name !== 'MIGRATION') return;
    if (data.status === 'completed') resolve();
    else if (data.status === 'failed' || data.status === 'cancelled')
      reject(new Error(`the migration ended as ${data.status}`));
  });
  void qmp.closed.then(() => reject(new Error('QEMU has gone')));
  const late = setTimeout(() => reject(new Error(`it took longer than ${longest} ms`)), longest).unref();
  try {
    await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
    await promise;
  } finally {
    clearTimeout(late);
    forget();
  }
}
