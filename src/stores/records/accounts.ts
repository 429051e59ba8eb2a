import { randomBytes, randomInt } from 'node:crypto';
import { type Account, accountAliases } from '../../domain/account.ts';
import type { AccessKey, AccountDatabase } from './database.ts';
import { openSecret, sealSecret } from './sealed-secret.ts';

export interface NewAccount {
  accountId: string;
  accessKeyId: string;
  /** Shown this once; it is stored encrypted. */
  secretAccessKey: string;
}

/** The account is refused as asked for; the message says why. */
export class AccountRefused extends Error {
  override name = 'AccountRefused';
}

export type AccountRecords = ReturnType<typeof createAccounts>;

/** Opened secrets kept for the next request; they are few and small. */
const cacheLimit = 1000;

/** Accounts and their access keys. Keys are never changed, so that an opened one may be kept. */
export function createAccounts(options: { database: AccountDatabase; masterKey: Uint8Array; now(): Date }) {
  const { database, masterKey, now } = options;
  const opened = new Map<string, { accountId: string; secret: string }>();

  return {
    /** Makes an account with one access key. @throws AccountRefused when id or alias are malformed or taken. */
    create: async (wanted: {
      name: string;
      alias?: Account['alias'];
      accountId?: string;
    }): Promise<NewAccount> => {
      const { name, alias, accountId = randomAccountId() } = wanted;
      if (!/^[0-9]{12}$/.test(accountId))
        throw new AccountRefused(`An account id has 12 digits, not '${accountId}'`);
      if (name.length === 0 || name.length > 128) throw new AccountRefused('A name has 1 to 128 characters');
      const accessKeyId = `AKIA${base32(randomBytes(16))}`;
      // 30 bytes are 40 characters of base64, as long as AWS's.
      const secretAccessKey = randomBytes(30).toString('base64');
      const createTime = now().toISOString();
      const sealedSecret = sealSecret(masterKey, accessKeyId, secretAccessKey);
      await database.transaction(async records => {
        if (await records.accounts.get(accountId))
          throw new AccountRefused(`Account ${accountId} exists already`);
        if (alias && (await records.accounts.list({ alias })).length > 0)
          throw new AccountRefused(`There is an account with the alias '${alias}' already`);
        await records.accounts.put({ accountId, name, alias });
        await records.accessKeys.put({ accessKeyId, accountId, sealedSecret, createTime });
      });
      return { accountId, accessKeyId, secretAccessKey };
    },

    list: (): Promise<Account[]> => database.read.accounts.list(),

    get: (accountId: string): Promise<Account | undefined> => database.read.accounts.get(accountId),

    byAlias: async (alias: string): Promise<Account | undefined> =>
      (await database.read.accounts.list({ alias }, { limit: 1 }))[0],

    aliased: (): Promise<Account[]> => database.read.accounts.list({ alias: accountAliases }),

    /** The access keys of an account, with their secrets: for `ready.json` and the operator, not for any API. */
    keysOf: async (accountId: string): Promise<NewAccount[]> => {
      const keys = await database.read.accessKeys.list({ accountId });
      return keys.map(key => ({
        accountId,
        accessKeyId: key.accessKeyId,
        secretAccessKey: unseal(key),
      }));
    },

    /** Whose key this is and what signs with it; undefined for an unknown key. */
    authenticate: async (accessKeyId: string): Promise<{ accountId: string; secret: string } | undefined> => {
      const known = opened.get(accessKeyId);
      if (known) return known;
      const key = /^[A-Z0-9]{16,128}$/.test(accessKeyId)
        ? await database.read.accessKeys.get(accessKeyId)
        : undefined;
      if (!key) return undefined;
      const found = { accountId: key.accountId, secret: unseal(key) };
      opened.set(accessKeyId, found);
      if (opened.size > cacheLimit) opened.delete(opened.keys().next().value!);
      return found;
    },
  };

  function unseal({ accessKeyId, sealedSecret }: AccessKey): string {
    return openSecret(masterKey, accessKeyId, sealedSecret);
  }
}

/** Without a zero in front, which spreadsheets and shells would eat. */
function randomAccountId(): string {
  return String(randomInt(100_000_000_000, 1_000_000_000_000));
}

/** One character of RFC 4648's base32 for each byte. */
function base32(bytes: Uint8Array): string {
  return Array.from(bytes, byte => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte & 31]).join('');
}
