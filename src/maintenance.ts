/** What the operator may do with a data folder beside a running server: its records take more than one process. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig, type Settings } from './config.ts';
import { lackingPackages, nameOf, optionalGuests } from './engines/qemu/lacking.ts';
import { probeAccelerator } from './engines/qemu/probe.ts';
import { findProgram } from './programs.ts';
import { checkBlocksPlace } from './region-blocks.ts';
import { readOrCreateMasterKey } from './stores/master-key.ts';
import { type AccountRecords, createAccounts } from './stores/records/accounts.ts';
import { openAccountDatabase } from './stores/records/open.ts';

export { fsck } from './fsck.ts';
export { snapshotUsage } from './snapshot-usage.ts';

export interface AccountKeys {
  accountId: string;
  name: string;
  alias?: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Makes an account with one access key. A running server knows it at once. */
export function createAccount(data: string, { name }: { name: string }): Promise<AccountKeys> {
  return withAccounts(data, async accounts => ({ name, ...(await accounts.create({ name })) }));
}

/** All accounts with their keys, users' before aliased ones. */
export function listAccounts(data: string): Promise<AccountKeys[]> {
  return withAccounts(data, accountsWithKeys);
}

export async function accountsWithKeys(accounts: AccountRecords): Promise<AccountKeys[]> {
  const listed = await accounts.list();
  const keys = await Promise.all(
    listed.map(async account =>
      (await accounts.keysOf(account.accountId)).map(key => ({ ...account, ...key })),
    ),
  );
  return keys.flat().sort((a, b) => Number(Boolean(a.alias)) - Number(Boolean(b.alias)));
}

interface Diagnosis {
  what: string;
  state: 'ok' | 'warning' | 'missing';
  detail: string;
  remedy?: string;
}

/** What `doctor` asks of the server's own code: whether guests get KVM, which kinds of them can run, and whether the bucket of `--blocks` will do. */
export async function diagnose(
  settings: Pick<Settings, 'data' | 'blocks' | 'blocksCredentials'>,
): Promise<Diagnosis[]> {
  const config = readConfig(settings);
  return [...(await diagnoseBlocks(config)), ...(await diagnoseAccelerator(config)), ...diagnoseGuests()];
}

async function diagnoseBlocks({ blocks }: Config): Promise<Diagnosis[]> {
  if (blocks.kind === 'data-folder') return [];
  const { bucket, prefix, endpoint } = blocks.location;
  const where = `s3://${bucket}${prefix && `/${prefix}`} at ${endpoint}`;
  try {
    await checkBlocksPlace(blocks);
    return [{ what: 'blocks', state: 'ok', detail: `${where} keeps, lists and deletes objects` }];
  } catch (error) {
    const remedy = 'the bucket must exist, and the key be allowed to get, put, list and delete in it';
    return [{ what: 'blocks', state: 'missing', detail: (error as Error).message, remedy }];
  }
}

async function diagnoseAccelerator(config: Config): Promise<Diagnosis[]> {
  const qemu = findProgram('qemu-system-x86_64');
  if (!qemu) return []; // doctor names the missing package itself
  const folder = mkdtempSync(join(tmpdir(), 'amity-doctor-'));
  try {
    const cacheFile = join(existsSync(config.data) ? config.data : folder, 'accelerator.json');
    const { accelerator, reason } = await probeAccelerator({
      accelerator: config.accelerator,
      qemu,
      cacheFile,
    });
    const detail = `guests run with ${accelerator} (${reason})`;
    if (accelerator === 'kvm') return [{ what: 'accelerator', state: 'ok', detail }];
    const remedy = 'guests are emulated, about ten times slower: use a machine whose /dev/kvm works';
    return [{ what: 'accelerator', state: 'warning', detail, remedy }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Guests that need packages of their own are no fault of a machine that does not want them. */
function diagnoseGuests(): Diagnosis[] {
  return optionalGuests.map(guest => {
    const packages = lackingPackages(guest, findProgram);
    const what = nameOf(guest);
    return packages.length === 0
      ? { what, state: 'ok', detail: 'can be launched' }
      : {
          ...{ what, state: 'warning', detail: 'cannot be launched; nothing else needs the packages' },
          remedy: `apt-get install --no-install-recommends ${packages.join(' ')}`,
        };
  });
}

async function withAccounts<T>(data: string, work: (accounts: AccountRecords) => Promise<T>): Promise<T> {
  const config = readConfig({ data });
  const database = await openAccountDatabase(config.records);
  try {
    const masterKey = await readOrCreateMasterKey(config.data);
    return await work(createAccounts({ database, masterKey, now: () => new Date() }));
  } finally {
    await database.close();
  }
}
