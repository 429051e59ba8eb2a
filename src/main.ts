import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, type Settings } from './config.ts';
import type { Caller } from './domain/account.ts';
import { probeAccelerator } from './engines/qemu/probe.ts';
import { jsonLog, type Log } from './log.ts';
import { type AccountKeys, accountsWithKeys } from './maintenance.ts';
import type { Context } from './operations/context.ts';
import { ensureDefaultNetwork } from './operations/default-network.ts';
import { operations as ebs } from './operations/ebs/index.ts';
import { operations as ec2 } from './operations/ec2/index.ts';
import { operations as sts } from './operations/sts/index.ts';
import { findPrograms } from './programs.ts';
import { createEdge } from './protocols/edge.ts';
import { publicNetworkOf } from './public-network.ts';
import { openRegion, type Region } from './region.ts';
import { makeRuntimeFolder } from './runtime-folder.ts';
import { openDataFolder } from './stores/data-folder.ts';
import { readOrCreateMasterKey } from './stores/master-key.ts';
import { type AccountRecords, createAccounts } from './stores/records/accounts.ts';
import { openAccountDatabase } from './stores/records/open.ts';

/** What a client needs to know of a server that is ready; also in `ready.json` of its data folder. */
export interface Ready {
  endpoint: string;
  consoleUrl: string | null;
  regions: readonly string[];
  accounts: AccountKeys[];
}

export interface Server {
  readonly ready: Ready;
  /** Answers what is under way and lets go of everything; guests go on. */
  stop(): Promise<void>;
}

/** Starts a server on a data folder; resolves when it answers requests. @throws with one sentence that says the remedy. */
export async function startServer(settings: Settings, log: Log = jsonLog()): Promise<Server> {
  const config = readConfig(settings);
  const programs = findPrograms();
  const closing = new AsyncDisposableStack();
  try {
    const folder = await openDataFolder(config.data);
    closing.defer(() => folder.release());
    const readyFile = join(config.data, 'ready.json');
    rmSync(readyFile, { force: true });
    const masterKey = await readOrCreateMasterKey(config.data);
    const database = await openAccountDatabase(config.records);
    closing.defer(() => database.close());
    const accounts = createAccounts({ database, masterKey, now: () => new Date() });
    const { accelerator, reason } = await probeAccelerator({
      accelerator: config.accelerator,
      qemu: programs.qemuSystem,
      cacheFile: join(config.data, 'accelerator.json'),
    });
    log.info(`guests run with ${accelerator}`, { reason });

    const runtimeFolder = makeRuntimeFolder(config.runtimeParent, config.data);
    const regions = new Map<string, Region>();
    for (const [index, name] of config.regions.entries()) {
      const region = await openRegion({
        ...{ name, config, masterKey, programs, accelerator, log },
        runtimeFolder: join(runtimeFolder, String(index)),
      });
      closing.defer(() => region.close());
      regions.set(name, region);
    }
    await createFirstAccounts(accounts);
    for (const account of await accounts.list())
      for (const region of regions.values())
        await ensureDefaultNetwork(region.records, account.accountId, region.zones, region.newId);

    let endpoint = '';
    const edge = createEdge({
      services: { ec2, ebs, sts },
      regions: config.regions,
      authenticate: async accessKeyId => {
        const key = await accounts.authenticate(accessKeyId);
        return key && { secret: key.secret, caller: callerOf(key.accountId, accessKeyId) };
      },
      contextFor: (name, caller) => {
        const region = regions.get(name);
        return region && contextOf(region, caller);
      },
      afterChange: name => regions.get(name)?.queue.wake(),
      log,
      clock: () => new Date(),
    });
    const contextOf = (region: Region, caller: Caller): Context => ({
      caller,
      region: {
        name: region.name,
        zones: region.zones,
        all: [...regions.values()].map(({ name, zones }) => ({ name, zones })),
        endpoint: endpoint.replace('http://', ''),
        publicCidrBlock: publicNetworkOf(config.publicNetwork, config.regions.indexOf(region.name)),
      },
      records: region.records,
      jobs: region.queue,
      blocks: region.blocks,
      engine: region.engine,
      accounts,
      tokens: region.tokens,
      now: () => new Date(),
      newId: region.newId,
    });
    closing.defer(() => edge.close());
    const { host, port } = await edge.listen(config.host, config.port);
    endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

    const ready: Ready = {
      endpoint,
      consoleUrl: null,
      regions: config.regions,
      accounts: await accountsWithKeys(accounts),
    };
    writeFileSync(`${readyFile}.new`, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${readyFile}.new`, readyFile);
    const running = closing.move();
    return {
      ready,
      async stop() {
        rmSync(readyFile, { force: true });
        await running.disposeAsync();
      },
    };
  } finally {
    await closing.disposeAsync();
  }
}

function callerOf(accountId: string, accessKeyId: string): Caller {
  return { accountId, accessKeyId, arn: `arn:aws:iam::${accountId}:root` };
}

/** The first account is the user's; `amazon` owns the images that come with the cloud. */
async function createFirstAccounts(accounts: AccountRecords): Promise<void> {
  const existing = await accounts.list();
  if (!existing.some(account => !account.alias)) await accounts.create({ name: 'first' });
  if (!existing.some(account => account.alias === 'amazon'))
    await accounts.create({ name: 'amazon', alias: 'amazon', accountId: '137112412989' });
}
