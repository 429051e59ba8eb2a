import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../../src/stores/records/accounts.ts';
import { accountCollections } from '../../../src/stores/records/collections.ts';
import { memoryDatabase } from '../../../src/stores/records/memory.ts';
import { openAccountDatabase } from '../../../src/stores/records/open.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const now = () => new Date('2026-05-10T13:17:12.000Z');

function make(masterKey: Uint8Array = randomBytes(32), database = memoryDatabase(accountCollections)) {
  return { accounts: createAccounts({ database, masterKey, now }), database, masterKey };
}

describe('accounts', () => {
  it('are made with ids, access keys and secrets of the form that AWS gives', async () => {
    const { accounts } = make();
    for (let count = 0; count < 50; count++) {
      const made = await accounts.create({ name: `n${count}` });
      expect(made.accountId).toMatch(/^[1-9][0-9]{11}$/);
      expect(made.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(made.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    }
    expect(await accounts.list()).toHaveLength(50);
  });

  it('are found by id and alias', async () => {
    const { accounts } = make();
    await accounts.create({ name: 'amazon', alias: 'amazon', accountId: '013741112382' });
    expect(await accounts.get('013741112382')).toMatchObject({ name: 'amazon', alias: 'amazon' });
    expect(await accounts.byAlias('amazon')).toMatchObject({ accountId: '013741112382' });
    expect(await accounts.byAlias('aws-marketplace')).toBeUndefined();
    expect(await accounts.get('111122223333')).toBeUndefined();
  });

  it('are refused when the id or the alias is taken or malformed, and nothing is left of them', async () => {
    const { accounts, database } = make();
    await accounts.create({ name: 'first', alias: 'amazon', accountId: '111122223333' });
    const refused = (wanted: Parameters<typeof accounts.create>[0]) =>
      expect(accounts.create(wanted)).rejects;
    await refused({ name: 'second', accountId: '111122223333' }).toThrow('exists already');
    await refused({ name: 'second', alias: 'amazon' }).toThrow("with the alias 'amazon'");
    await refused({ name: 'second', accountId: '12345' }).toThrow('An account id has 12 digits');
    await refused({ name: '' }).toThrow('A name has 1 to 128 characters');
    expect(await database.read.accessKeys.list()).toHaveLength(1);
  });

  it('authenticate by access key, also from the cache, and no unknown key', async () => {
    const { accounts } = make();
    const made = await accounts.create({ name: 'a' });
    const expected = { accountId: made.accountId, secret: made.secretAccessKey };
    expect(await accounts.authenticate(made.accessKeyId)).toEqual(expected);
    expect(await accounts.authenticate(made.accessKeyId)).toEqual(expected);
    expect(await accounts.authenticate('AKIAAAAAAAAAAAAAAAAA')).toBeUndefined();
    expect(await accounts.authenticate(`${made.accessKeyId}\0`)).toBeUndefined();
    expect(await accounts.keysOf(made.accountId)).toEqual([made]);
  });

  it('are there after a restart, their secrets nowhere in plain text', async () => {
    await using folder = await temporaryFolder();
    const masterKey = randomBytes(32);
    const before = await openAccountDatabase(`sqlite:${folder.path}`);
    const made = await make(masterKey, before).accounts.create({ name: 'a' });
    expect(JSON.stringify(await before.read.accessKeys.list())).not.toContain(made.secretAccessKey);
    await before.close();
    const after = await openAccountDatabase(`sqlite:${folder.path}`);
    const found = await make(masterKey, after).accounts.authenticate(made.accessKeyId);
    expect(found?.secret).toBe(made.secretAccessKey);
    await after.close();
  });

  it('do not open with another master key, nor with a secret moved from another key', async () => {
    const { accounts, database, masterKey } = make();
    const [a, b] = [await accounts.create({ name: 'a' }), await accounts.create({ name: 'b' })];
    await expect(make(randomBytes(32), database).accounts.authenticate(a.accessKeyId)).rejects.toThrow();
    await database.transaction(async records => {
      const stolen = (await records.accessKeys.get(a.accessKeyId))!.sealedSecret;
      await records.accessKeys.put({
        ...(await records.accessKeys.get(b.accessKeyId))!,
        sealedSecret: stolen,
      });
    });
    await expect(make(masterKey, database).accounts.authenticate(b.accessKeyId)).rejects.toThrow();
  });
});
