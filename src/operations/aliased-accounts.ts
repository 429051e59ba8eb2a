import type { AccountAlias } from '../domain/account.ts';
import type { Context } from './context.ts';

/** The few accounts that have an alias, by it. Asked for outside a transaction. */
export async function aliasedAccounts(context: Context): Promise<ReadonlyMap<AccountAlias, string>> {
  const accounts = await context.accounts.aliased();
  return new Map(accounts.flatMap(({ alias, accountId }) => (alias ? [[alias, accountId] as const] : [])));
}
