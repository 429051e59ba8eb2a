import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { regionMigrations } from '../../../../src/stores/records/migrations/index.ts';
import { openAccountDatabase, openRegionDatabase } from '../../../../src/stores/records/open.ts';
import { openPostgres } from '../../../../src/stores/records/postgres.ts';
import { databaseContract, durableDatabaseContract } from '../../../contract/database.ts';
import { owner } from '../../../operations/region.ts';
import { type PostgresCluster, startPostgres } from '../../../support/postgres.ts';
import { anImage, anInstance, anInterface, hexId } from '../../../support/records.ts';

let cluster: PostgresCluster;
let databases = 0;

beforeAll(async () => {
  cluster = await startPostgres();
});
afterAll(async () => {
  await cluster?.stop();
});

async function make() {
  const name = `records_${++databases}`;
  const url = await cluster.createDatabase(name);
  return {
    open: () => openRegionDatabase(url, 'us-east-1'),
    remove: async () => void (await cluster.psql(`drop database ${name}`)),
  };
}

describe('records in PostgreSQL', () => {
  databaseContract(async () => {
    const { open, remove } = await make();
    return { records: await open(), remove };
  });
  durableDatabaseContract(make);

  it('keeps each region and the accounts in a schema of its own', async () => {
    const url = await cluster.createDatabase('schemas');
    const open = await Promise.all([
      openRegionDatabase(url, 'us-east-1'),
      openRegionDatabase(url, 'eu-west-1'),
      openAccountDatabase(url),
    ]);
    await open[0].transaction(writer => writer.vpcs.put({ vpcId: 'vpc-1', ownerId: 'o' } as never));
    expect(await open[1].read.vpcs.list()).toEqual([]);
    await Promise.all(open.map(database => database.close()));
  });

  it('gives the images of a database from before their keys', async () => {
    const url = await cluster.createDatabase('before_keys');
    await (await openPostgres(url, 'amity_us_east_1', {}, regionMigrations.slice(0, 1))).close();
    const client = new Client({ connectionString: url });
    await client.connect();
    const images = Array.from({ length: 1_500 }, (_, number) => anImage({ imageId: hexId('ami', number) }));
    for (const image of images)
      await client.query('insert into amity_us_east_1.images (id, body) values ($1, $2)', [
        image.imageId,
        JSON.stringify(image),
      ]);
    await client.end();
    const records = await openRegionDatabase(url, 'us-east-1');
    expect(await records.read.images.under([{ key: `owner/${owner}` }], { limit: 9_999 })).toEqual(images);
    await records.close();
  });

  it('gives the instances of a database from before interfaces had records theirs', async () => {
    const url = await cluster.createDatabase('before_interfaces');
    await (await openPostgres(url, 'amity_us_east_1', {}, regionMigrations.slice(0, 8))).close();
    const client = new Client({ connectionString: url });
    await client.connect();
    const instance = { ...anInstance(), securityGroupIds: [hexId('sg', 1)] };
    await client.query('insert into amity_us_east_1.instances (id, body) values ($1, $2)', [
      instance.instanceId,
      JSON.stringify(instance),
    ]);
    await client.end();
    const records = await openRegionDatabase(url, 'us-east-1');
    const { instanceId } = instance;
    expect(await records.read.networkInterfaces.list({ instanceId })).toEqual([anInterface()]);
    await records.close();
  });

  it('is migrated once by servers that start at the same moment', async () => {
    const url = await cluster.createDatabase('at_once');
    const open = await Promise.all([1, 2, 3].map(() => openRegionDatabase(url, 'us-east-1')));
    expect(await open[2]!.read.jobs.list()).toEqual([]);
    await Promise.all(open.map(database => database.close()));
  });

  it('survives the loss of its connections: what comes after opens new ones', async () => {
    const records = await openRegionDatabase(await cluster.createDatabase('lost'), 'us-east-1');
    await records.read.jobs.list();
    // With a time limit it answers when they are gone, not when they have been told to go.
    await cluster.psql(
      "select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname = 'lost'",
    );
    // The first use may still meet the dead connection; the one after it does not.
    await records.read.jobs.list().catch(() => undefined);
    expect(await records.read.jobs.list()).toEqual([]);
    await records.close();
  });

  it('refuses a server that would forget acknowledged records', async () => {
    const url = await cluster.createDatabase('forgetful');
    await cluster.psql('alter database forgetful set synchronous_commit = off');
    await expect(openRegionDatabase(url, 'us-east-1')).rejects.toThrow(
      /synchronous_commit = off.*set it to on/,
    );
  });

  it('says what to do about a database that is not there', async () => {
    const opened = openRegionDatabase(cluster.url('nowhere'), 'us-east-1');
    await expect(opened).rejects.toThrow(/nowhere has no such database: create it with createdb/);
  });
});
