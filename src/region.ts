import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { takeOverBlockServer } from './disks/block-server/process.ts';
import { createQemuDisks } from './disks/qemu-disks.ts';
import { formatId, type IdPrefix } from './domain/ids.ts';
import type { Accelerator } from './engines/qemu/machines.ts';
import { createQemuEngine } from './engines/qemu/qemu-engine.ts';
import { openIdentitySigner } from './identity/local-identity-signer.ts';
import { createQemuImporter } from './imports/qemu-importer.ts';
import { askForBusyVolumes } from './jobs/busy-volumes.ts';
import { askForHeldInterfaces } from './jobs/detach-network-interface.ts';
import { onDisksLost, onGuestExit } from './jobs/guest-exits.ts';
import { checkHealth, healthWatch } from './jobs/guest-health.ts';
import { keepHouse } from './jobs/housekeeping.ts';
import { jobKinds } from './jobs/index.ts';
import { keyedLock } from './jobs/keyed-lock.ts';
import { createJobQueue } from './jobs/queue.ts';
import { reconcile } from './jobs/reconcile.ts';
import { createJobRunner } from './jobs/runner.ts';
import type { JobServices } from './jobs/services.ts';
import type { Log } from './log.ts';
import { createNamespaceNetwork } from './networks/namespace/namespace-network.ts';
import { ownedProcesses } from './processes/owned-processes.ts';
import { findProgram, type Programs } from './programs.ts';
import { openRegionBlocks, regionBucket } from './region-blocks.ts';
import { repeat } from './repeat.ts';
import { sealedTokens } from './sealed-tokens.ts';
import { openRegionDatabase } from './stores/records/open.ts';

/** How long a guest may take to shut down before its plug is pulled, in milliseconds. */
const shutdownTimeout = 120_000;

export interface RegionOptions {
  name: string;
  config: Config;
  masterKey: Buffer;
  /** A short and private folder for sockets. */
  sockets: string;
  programs: Programs;
  accelerator: Accelerator;
  log: Log;
}

export type Region = Awaited<ReturnType<typeof openRegion>>;

/** Opens everything of one region and brings it together with what outlived the last server. */
export async function openRegion(options: RegionOptions) {
  const { name, config, masterKey, sockets: runtimeFolder, programs, accelerator } = options;
  const folder = join(config.data, name);
  for (const path of [folder, runtimeFolder]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const now = () => new Date();
  const log = withRegion(options.log, name);
  const tell = (message: string) => log.info(message);
  const processFolder = join(folder, 'processes');
  const processes = ownedProcesses(processFolder);
  const records = await openRegionDatabase(config.records, name);
  const blocksFolder = join(folder, 'blocks');
  const bucket = regionBucket(config.blocks, name);
  const blocks = await openRegionBlocks({
    ...{ folder: blocksFolder, masterKey, bucket, notice: tell },
    hasSnapshots: async () => (await records.read.snapshots.list({}, { limit: 1 })).length > 0,
  });

  const blocksSocket = join(runtimeFolder, 'blocks');
  const reviveBlockServer = await takeOverBlockServer({
    ...{ processes, folder, blocksFolder, bucket, masterKey, socketPath: blocksSocket },
    cacheBytes: config.blockCacheBytes,
  });

  const disks = createQemuDisks({
    folder: join(folder, 'volumes'),
    runtimeFolder,
    processes,
    blocksSocket,
    programs,
    log: tell,
  });
  const engine = createQemuEngine({
    folder: join(folder, 'instances'),
    runtimeFolder,
    processes,
    accelerator,
    findProgram,
    log: tell,
  });
  const network = await createNamespaceNetwork({
    folder: join(folder, 'networks'),
    runtimeFolder,
    processes,
    processFolder,
    report: tell,
  });
  const imports = createQemuImporter({
    folder: join(folder, 'imports'),
    runtimeFolder,
    qemuNbd: programs.qemuNbd,
    allow: config.importAllow,
  });
  const identity = await openIdentitySigner(join(folder, 'instance-identity'), name, now);
  const queue = createJobQueue({ now });
  const services: JobServices = {
    region: name,
    ...{ records, blocks, disks, engine, imports, network, identity, jobs: queue, log, shutdownTimeout, now },
    locks: keyedLock(),
  };
  const runner = createJobRunner({
    ...{ records, queue, services, now, log },
    kinds: jobKinds,
    runnerId: randomBytes(8).toString('hex'),
    takeOver: true,
  });
  engine.onExit((instanceId, exit) => void settled(log, onGuestExit(services, instanceId, exit)));
  disks.onLost(holderId => void settled(log, onDisksLost(services, holderId)));

  await keptAwake(() => reconcile(services));
  await runner.start();
  const chores = [
    repeat('check the health of guests', 2_000, () => checkHealth(services), log),
    repeat('watch guests that were well', 60_000, healthWatch(services), log),
    repeat('ask for held network interfaces', 5_000, () => askForHeldInterfaces(services), log),
    repeat('ask for busy volumes', 5_000, () => askForBusyVolumes(services), log),
    repeat('revive the block server', 1_000, reviveBlockServer, log),
    repeat('forget what is over', 60_000, () => keepHouse(services), log),
    repeat('collect garbage', 600_000, () => blocks.collectGarbage(), log),
  ];

  return {
    name,
    zones: [`${name}a`, `${name}b`] as const,
    ...{ records, blocks, engine, network, runner, queue, log },
    identityCertificates: identity.certificates,
    tokens: sealedTokens(masterKey, name),
    newId: (prefix: IdPrefix) => formatId(prefix, randomBytes(9).toString('hex').slice(0, 17)),
    /** Lets go of everything; guests go on. */
    async close() {
      for (const chore of chores) await chore.stop();
      await runner.stop();
      engine.disconnect();
      disks.disconnect();
      network.close();
      await blocks.close();
      await records.close();
    },
  };
}

function withRegion(log: Log, region: string): Log {
  return {
    info: (message, details) => log.info(message, { region, ...details }),
    error: (message, details) => log.error(message, { region, ...details }),
  };
}

/**
 * Waits for work while nothing else keeps Node alive yet: what is waited for may be the end of a process, whose timer does
 * not, and a server that starts must not end because that takes a moment.
 */
async function keptAwake(work: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => undefined, 60_000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

async function settled(log: Log, work: Promise<void>): Promise<void> {
  await work.catch(error => log.error('what follows when a process ends could not be done', { error }));
}
