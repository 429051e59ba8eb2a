import { isAccountAlias } from '../../domain/account.ts';
import { checkUserId } from '../../domain/user-id.ts';
import type { Context } from '../context.ts';

/**
 * The accounts that `Owner.N` names: `self`, an alias, or account ids; undefined when it names none.
 * @throws InvalidUserID.Malformed
 */
export async function ownerIds(
  context: Context,
  owners: readonly string[] | undefined,
): Promise<string[] | undefined> {
  const given = (owners ?? []).filter(owner => owner !== '');
  if (given.length === 0) return undefined;
  const ids = await Promise.all(
    given.map(async owner => {
      if (owner === 'self') return context.caller.accountId;
      if (isAccountAlias(owner)) return (await context.accounts.byAlias(owner))?.accountId;
      return checkUserId(owner);
    }),
  );
  return [...new Set(ids.filter(id => id !== undefined))];
}

/** The alias of an account; the answer is undefined for one that has none. */
export async function ownerAliases(context: Context): Promise<(accountId: string) => string | undefined> {
  const aliased = await context.accounts.aliased();
  const byId = new Map(aliased.map(account => [account.accountId, account.alias]));
  return id => byId.get(id);
}
