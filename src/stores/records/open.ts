import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../folders.ts';
import { accountCollections, type CollectionSpecs, regionCollections } from './collections.ts';
import type { AccountDatabase, Database, RegionDatabase } from './database.ts';
import { accountMigrations, regionMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { openPostgres } from './postgres.ts';
import { RecordsUnavailable } from './records-unavailable.ts';
import { openSqlite } from './sqlite.ts';

/**
 * Opens the records of a region, making them if there are none.
 * @param url `sqlite:FOLDER` (the file is `FOLDER/<region>/records.sqlite`) or `postgres://…` (the schema is
 *   `amity_<region>`).
 * @throws RecordsUnavailable with one sentence that names the remedy.
 */
export function openRegionDatabase(url: string, region: string): Promise<RegionDatabase> {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(region))
    throw new RecordsUnavailable(`'${region}' is no region's name.`);
  return open(url, {
    file: join(region, 'records.sqlite'),
    schema: `amity_${region.replaceAll('-', '_')}`,
    connections: 10,
    specs: regionCollections,
    migrations: regionMigrations,
  });
}

/** Opens the records all regions share: `FOLDER/accounts.sqlite`, or the schema `amity`. */
export function openAccountDatabase(url: string): Promise<AccountDatabase> {
  return open(url, {
    file: 'accounts.sqlite',
    schema: 'amity',
    connections: 4,
    specs: accountCollections,
    migrations: accountMigrations,
  });
}

interface Which<Tables> {
  file: string;
  schema: string;
  connections: number;
  specs: CollectionSpecs<Tables>;
  migrations: readonly Migration[];
}

async function open<Tables>(url: string, which: Which<Tables>): Promise<Database<Tables>> {
  const { specs, migrations } = which;
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) {
    const file = join(resolve(url.slice('sqlite:'.length)), which.file);
    await makeRecordsFolder(dirname(file));
    return openSqlite(file, specs, migrations);
  }
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url))
    return openPostgres(url, which.schema, specs, migrations, { connections: which.connections });
  // The URL is not repeated: it may hold a password.
  throw new RecordsUnavailable(
    'The records URL must be sqlite:FOLDER or postgres://USER:PASSWORD@HOST/DATABASE.',
  );
}

async function makeRecordsFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    throw new RecordsUnavailable(
      `The folder ${folder} for records cannot be made: give this user write permission there, or name another.`,
      { cause: error },
    );
  }
}
