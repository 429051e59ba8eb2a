import { type AccountAlias, accountAliases } from '../domain/account.ts';
import type { Context } from './context.ts';

/** The few accounts that have an alias, by it. Asked for outside a transaction. */
export async function aliasedAccounts(context: Context): Promise<ReadonlyMap<AccountAlias, string>> {
  const found = await Promise.all(
    accountAliases.map(async alias => [alias, (await context.accounts.byAlias(alias))?.accountId] as const),
  );
  return new Map(found.flatMap(([alias, id]) => (id === undefined ? [] : [[alias, id] as const])));
}
