import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRegionDatabase } from '../../../src/stores/records/open.ts';
import { placeOf } from '../../../src/stores/records/postgres-errors.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const refusal = (url: string) =>
  openRegionDatabase(url, 'us-east-1').then(
    () => 'opened',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('opening records', () => {
  it.each(['', 'sqlite:', 'mysql://u:secret@h/d', 'postgres', 'postgres://u:secret@h:port/d'])(
    "refuses the URL '%s' and says which there are, without repeating it",
    async url => {
      const text = await refusal(url);
      expect(text).toMatch(/^RecordsUnavailable: The records URL must be sqlite:FOLDER or postgres:/);
      expect(text).not.toContain('secret');
    },
  );

  it('says that nobody answers, where, and never the password', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await new Promise(listening => unused.once('listening', listening));
    const { port } = unused.address() as { port: number };
    await new Promise(closed => unused.close(closed));
    const text = await refusal(`postgres://me:secret@127.0.0.1:${port}/amity`);
    expect(text).toBe(
      `RecordsUnavailable: No PostgreSQL answers at 127.0.0.1:${port}/amity: start it, or correct the records URL.`,
    );
  });

  it.each([
    ['28P01', 'refused user and password: correct them in the records URL.'],
    ['XX000', "cannot be used (XX000): check the records URL and PostgreSQL's log."],
  ])('says what to do when PostgreSQL refuses with %s, and never the password', async (code, remedy) => {
    const fields = Buffer.from(`SFATAL\0C${code}\0Mno secret for you\0\0`);
    const refuse = Buffer.concat([Buffer.from('E'), Buffer.alloc(4), fields]);
    refuse.writeInt32BE(4 + fields.length, 1);
    await using server = createServer(socket => socket.once('data', () => socket.end(refuse)));
    await new Promise(listening => server.listen(0, '127.0.0.1', () => listening(undefined)));
    const { port } = server.address() as { port: number };
    expect(await refusal(`postgres://me:secret@127.0.0.1:${port}/amity`)).toBe(
      `RecordsUnavailable: PostgreSQL at 127.0.0.1:${port}/amity ${remedy}`,
    );
  });

  it('names a PostgreSQL by host, port and database alone', () => {
    expect(placeOf('postgres://me:secret@db.example/amity')).toBe('db.example:5432/amity');
    expect(placeOf('postgres://me@localhost/amity?host=/run/pg&password=secret')).toBe('/run/pg:5432/amity');
  });

  it('says so when the file is something else', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'us-east-1'));
    await writeFile(join(folder.path, 'us-east-1/records.sqlite'), 'a letter to grandmother '.repeat(100));
    expect(await refusal(`sqlite:${folder.path}`)).toMatch(
      /records\.sqlite is not a database of Amity: move it away/,
    );
  });

  it('says so when the folder cannot be made', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    expect(await refusal(`sqlite:${folder.path}/file/data`)).toMatch(/The folder .* cannot be made/);
  });

  it('makes folders that only their owner can enter', async () => {
    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o755);
    await (await openRegionDatabase(`sqlite:${folder.path}/data`, 'us-east-1')).close();
    expect((await stat(join(folder.path, 'data/us-east-1'))).mode & 0o777).toBe(0o700);
  });
});
