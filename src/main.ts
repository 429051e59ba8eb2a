/** The composition root: what a server is made of, in the order it is opened. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig, type Settings } from './config.ts';
import { contextOf, type Serving } from './contexts.ts';
import { membershipsIn } from './domain/organizations.ts';
import { probeAccelerator } from './engines/qemu/probe.ts';
import { createFirstAccounts } from './first-accounts.ts';
import { jsonLog, type Log } from './log.ts';
import { type AccountKeys, accountsWithKeys } from './maintenance.ts';
import { ensureDefaultNetwork } from './operations/default-network.ts';
import { operations as ebs } from './operations/ebs/index.ts';
import { operations as ec2 } from './operations/ec2/index.ts';
import { operations as kms } from './operations/kms/index.ts';
import { operations as organizations } from './operations/organizations/index.ts';
import { operations as rbin } from './operations/rbin/index.ts';
import { operations as ssm } from './operations/ssm/index.ts';
import { operations as sts } from './operations/sts/index.ts';
import { readOrganizations } from './organizations-file.ts';
import { findPrograms } from './programs.ts';
import { createEdge } from './protocols/edge.ts';
import { publishedCertificates } from './published-certificates.ts';
import { openRegion, type Region } from './region.ts';
import { checkBlocksPlace } from './region-blocks.ts';
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
  const fromFile = readOrganizations(config.organizations);
  const membershipsOf = membershipsIn(fromFile);
  await checkBlocksPlace(config.blocks);
  await using opening = new AsyncDisposableStack();
  const folder = await openDataFolder(config.data);
  opening.defer(() => folder.release());
  const readyFile = join(config.data, 'ready.json');
  rmSync(readyFile, { force: true });
  opening.defer(() => rmSync(readyFile, { force: true }));

  const masterKey = await readOrCreateMasterKey(config.data);
  const database = await openAccountDatabase(config.records);
  opening.defer(() => database.close());
  const accounts = createAccounts({ database, masterKey, now: () => new Date() });
  await createFirstAccounts(accounts);

  const regions = await openRegions(config, masterKey, log, opening);
  await makeDefaultNetworks(accounts, regions);
  const serving: Serving = {
    config,
    accounts,
    organizations: fromFile,
    membershipsOf,
    regions,
    endpoint: '',
  };
  const edge = createEdge({
    services: { ec2, ebs, kms, organizations, rbin, ssm, sts },
    regions: [...regions.keys()],
    authenticate: async accessKeyId => {
      const key = await accounts.authenticate(accessKeyId);
      const arn = `arn:aws:iam::${key?.accountId}:root`;
      return key && { secret: key.secret, caller: { accountId: key.accountId, accessKeyId, arn } };
    },
    contextFor: (region, caller) => contextOf(serving, region, caller),
    published: publishedCertificates(regions),
    afterChange: region => regions.get(region)?.queue.wake(),
    log,
    clock: () => new Date(),
  });
  opening.defer(() => edge.close());
  const { host, port } = await edge.listen(config.host, config.port);
  serving.endpoint = `${host.includes(':') ? `[${host}]` : host}:${port}`;

  const ready: Ready = {
    endpoint: `http://${serving.endpoint}`,
    consoleUrl: null,
    regions: [...regions.keys()],
    accounts: await accountsWithKeys(accounts),
  };
  writeFileSync(`${readyFile}.new`, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${readyFile}.new`, readyFile);
  const running = opening.move();
  return { ready, stop: () => running.disposeAsync() };
}

/** Regions are isolated: one that cannot be opened leaves the others serving. @throws when none can */
async function openRegions(
  config: Config,
  masterKey: Buffer,
  log: Log,
  opening: AsyncDisposableStack,
): Promise<ReadonlyMap<string, Region>> {
  const programs = findPrograms();
  const { accelerator, reason } = await probeAccelerator({
    accelerator: config.accelerator,
    qemu: programs.qemuSystem,
    cacheFile: join(config.data, 'accelerator.json'),
  });
  log.info(`guests run with ${accelerator}`, { reason });
  const runtimeFolder = makeRuntimeFolder(config.runtimeParent, config.data);
  const regions = new Map<string, Region>();
  const failures: unknown[] = [];
  for (const [index, name] of config.regions.entries()) {
    const sockets = join(runtimeFolder, String(index));
    try {
      const region = await openRegion({ name, config, masterKey, programs, accelerator, log, sockets });
      opening.defer(() => region.close());
      regions.set(name, region);
    } catch (error) {
      failures.push(error);
      log.error('a region could not be opened; the others serve', { region: name, error });
    }
  }
  if (regions.size === 0) throw failures[0];
  return regions;
}

/** Every account has its default VPC in every region before it asks. */
async function makeDefaultNetworks(
  accounts: AccountRecords,
  regions: ReadonlyMap<string, Region>,
): Promise<void> {
  for (const { accountId } of await accounts.list())
    for (const { records, zones, newId } of regions.values())
      await ensureDefaultNetwork(records, accountId, zones, newId);
}
