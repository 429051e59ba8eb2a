import { ebsAliasName, type KmsAlias } from '../../domain/kms-alias.ts';
import { findKeyById } from './key-lookup.ts';
import { operation } from './operation.ts';
import { kmsPage } from './paging.ts';
import { presentAlias } from './present.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html */
export const listAliases = operation('ListAliases', async (input, context) => {
  const { accountId } = context.caller;
  const { KeyId } = input;
  const own = await context.records.transaction(async records => {
    const keyId = KeyId === undefined ? undefined : (await findKeyById(records, context, KeyId)).keyId;
    const aliases = await records.kmsAliases.list({ ownerId: accountId });
    return keyId === undefined
      ? withManaged(aliases, accountId)
      : aliases.filter(alias => alias.keyId === keyId);
  });
  const list = { action: `ListAliases ${KeyId ?? ''}`, usual: 50, most: 100 };
  const { items, ...rest } = kmsPage(own, alias => alias.aliasName, input, list);
  return { Aliases: items.map(alias => presentAlias(alias, context.region.name)), ...rest };
});

/** The managed alias is there before its key is. */
function withManaged(aliases: readonly KmsAlias[], ownerId: string) {
  const isKnown = aliases.some(alias => alias.aliasName === ebsAliasName);
  const all: (Pick<KmsAlias, 'aliasName' | 'ownerId'> & Partial<KmsAlias>)[] = [
    ...aliases,
    ...(isKnown ? [] : [{ aliasName: ebsAliasName, ownerId }]),
  ];
  return all.sort((a, b) => (a.aliasName < b.aliasName ? -1 : 1));
}
