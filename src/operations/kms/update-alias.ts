import { aliasId, checkAliasName } from '../../domain/kms-alias.ts';
import { aliasNotFound } from '../../domain/kms-errors.ts';
import { kmsArn } from '../../domain/kms-key.ts';
import { checkCustomerManaged, checkNotPending } from '../../domain/kms-key-state.ts';
import { findKeyById } from './key-lookup.ts';
import { operation } from './operation.ts';

/**
 * What was encrypted under the alias before keeps its key.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html
 */
export const updateAlias = operation('UpdateAlias', async (input, context) => {
  const { accountId } = context.caller;
  const aliasName = checkAliasName(input.AliasName);
  await context.records.transaction(async records => {
    const alias = await records.kmsAliases.get(aliasId(accountId, aliasName));
    if (!alias) throw aliasNotFound(kmsArn(context.region.name, accountId, aliasName));
    const key = await findKeyById(records, context, input.TargetKeyId);
    checkCustomerManaged(key);
    checkNotPending(key);
    await records.kmsAliases.put({
      ...alias,
      keyId: key.keyId,
      updateTime: context.now().toISOString(),
    });
  });
  return undefined;
});
