import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { taggedWith } from '../../../../src/domain/tag.ts';
import { accountCollections, regionCollections } from '../../../../src/stores/records/collections.ts';
import { accountMigrations, regionMigrations } from '../../../../src/stores/records/migrations/index.ts';
import { openRegionDatabase } from '../../../../src/stores/records/open.ts';
import { sqlName } from '../../../../src/stores/records/rows.ts';
import { openSqlite } from '../../../../src/stores/records/sqlite.ts';
import { owner } from '../../../operations/region.ts';
import { anImage, anInstance, anInterface, aSnapshot, hexId } from '../../../support/records.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('migrations', () => {
  it.each([
    { of: 'a region', specs: regionCollections, migrations: regionMigrations },
    { of: 'the accounts', specs: accountCollections, migrations: accountMigrations },
  ])(
    'of $of end in the tables, columns and indexes that its collections name',
    async ({ specs, migrations }) => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'records.sqlite');
      await (await openSqlite<Record<string, unknown>>(path, specs as never, migrations)).close();
      const file = new DatabaseSync(path);
      const names = (statement: string) =>
        file
          .prepare(statement)
          .all()
          .map(row => row.name);
      for (const [name, { indexes }] of Object.entries(specs)) {
        const fields = Object.keys(indexes).map(sqlName);
        const columns = names(`select name from pragma_table_info('${sqlName(name)}')`);
        expect(columns).toEqual(['id', 'body', 'unique_key', ...fields]);
        const indexed = names(`select name from pragma_index_list('${sqlName(name)}') where origin = 'c'`);
        expect(indexed.sort()).toEqual(fields.map(field => `${sqlName(name)}_by_${field}`).sort());
      }
      file.close();
    },
  );

  it('run once, in order, and only those that are missing', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'records.sqlite');
    const ran: string[] = [];
    const step = (name: string) => ({
      name,
      async up() {
        ran.push(name);
      },
    });
    await (await openSqlite(path, {}, [step('1')])).close();
    await (await openSqlite(path, {}, [step('1'), step('2'), step('3')])).close();
    expect(ran).toEqual(['1', '2', '3']);
  });

  it('that fail leave the database as it was', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'records.sqlite');
    const failing = {
      name: '0002-failing',
      async up(schema: { createCollection(name: string, fields: string[]): Promise<void> }) {
        await schema.createCollection('halfDone', []);
        throw new Error('no');
      },
    };
    await expect(openSqlite(path, {}, [failing])).rejects.toThrow('no');
    const file = new DatabaseSync(path);
    expect(file.prepare('select name from sqlite_master').all()).toEqual([]);
    file.close();
  });

  it('give the images, snapshots and tags of a database from before their keys', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'us-east-1/records.sqlite');
    await mkdir(join(folder.path, 'us-east-1'));
    await (await openSqlite(path, {}, regionMigrations.slice(0, 1))).close();
    const file = new DatabaseSync(path);
    const put = file.prepare('insert into images (id, body) values (?, ?)');
    const images = Array.from({ length: 2_100 }, (_, number) => anImage({ imageId: hexId('ami', number) }));
    for (const image of images) put.run(image.imageId, JSON.stringify(image));
    const snapshot = aSnapshot({ createVolumePermissions: ['all'] });
    file
      .prepare('insert into snapshots (id, body) values (?, ?)')
      .run(snapshot.snapshotId, JSON.stringify(snapshot));
    const tags = { resourceId: 'ami-1', accountId: owner, resourceType: 'image', tags: { a: 'b' } };
    file.prepare('insert into tags (id, body) values (?, ?)').run(`ami-1/${owner}`, JSON.stringify(tags));
    file.close();

    const { read, close } = await openRegionDatabase(`sqlite:${folder.path}`, 'us-east-1');
    expect(await read.images.under([{ key: `owner/${owner}` }], { limit: 9_999 })).toEqual(images);
    expect(await read.snapshots.under([{ key: 'public' }], { limit: 9 })).toEqual([snapshot]);
    expect(await read.tags.under([{ key: taggedWith(owner, 'a', 'b') }], { limit: 9 })).toEqual([tags]);
    await close();
  });

  it('give the instances of a database from before interfaces had records theirs', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'us-east-1/records.sqlite');
    await mkdir(join(folder.path, 'us-east-1'));
    await (await openSqlite(path, {}, regionMigrations.slice(0, 8))).close();
    const file = new DatabaseSync(path);
    const put = file.prepare('insert into instances (id, body) values (?, ?)');
    const states = ['running', 'stopped', 'pending', 'terminated'] as const;
    for (const [index, state] of states.entries()) {
      const n = index + 1;
      const before = anInstance({
        ...{ instanceId: hexId('i', n), networkInterfaceId: hexId('eni', n), state },
        privateIpAddress: `172.31.0.${n}`,
      });
      const more = {
        securityGroupIds: [hexId('sg', n)],
        ...(state === 'running' && { publicIpAddress: '127.77.0.9' }),
        ...(state === 'stopped' && { associatePublicIpAddress: false }),
      };
      put.run(before.instanceId, JSON.stringify({ ...before, ...more }));
    }
    file.close();

    const { read, close } = await openRegionDatabase(`sqlite:${folder.path}`, 'us-east-1');
    const [running, stopped, pending, ...others] = await read.networkInterfaces.list();
    expect(others).toEqual([]);
    const attachment = anInterface().attachment!;
    expect(running).toEqual(
      anInterface({
        addresses: [{ privateIpAddress: '172.31.0.1', publicAddress: { publicIp: '127.77.0.9' } }],
        attachment,
      }),
    );
    expect(stopped).toMatchObject({
      addresses: [{ privateIpAddress: '172.31.0.2' }],
      associatePublicIpAddress: false,
      securityGroupIds: [hexId('sg', 2)],
    });
    expect(pending!.attachment).toEqual({
      ...attachment,
      ...{ attachmentId: hexId('eni-attach', 3), instanceId: hexId('i', 3), status: 'attaching' },
    });
    expect(await read.networkInterfaces.list({ instanceId: hexId('i', 2) })).toEqual([stopped]);
    expect(await read.networkInterfaces.list({ attachmentStatus: 'attaching' })).toEqual([pending]);
    await close();
  });

  it('of a newer Amity make it refuse the database', async () => {
    await using folder = await temporaryFolder();
    const url = `sqlite:${folder.path}`;
    await (await openRegionDatabase(url, 'us-east-1')).close();
    const file = new DatabaseSync(join(folder.path, 'us-east-1/records.sqlite'));
    file.exec("insert into migrations values (1000, '1000-of-tomorrow')");
    file.close();
    await expect(openRegionDatabase(url, 'us-east-1')).rejects.toThrow(
      /written by a newer Amity \(1000-of-tomorrow\)\. Start that version/,
    );
  });
});
