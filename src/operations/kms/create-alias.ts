import { aliasId, checkAliasName } from '../../domain/kms-alias.ts';
import { aliasExists } from '../../domain/kms-errors.ts';
import { kmsArn } from '../../domain/kms-key.ts';
import { checkCustomerManaged, checkNotPending } from '../../domain/kms-key-state.ts';
import { findKeyById } from './key-lookup.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
export const createAlias = operation('CreateAlias', async (input, context) => {
  const { accountId } = context.caller;
  const aliasName = checkAliasName(input.AliasName);
  await context.records.transaction(async records => {
    const key = await findKeyById(records, context, input.TargetKeyId);
    checkCustomerManaged(key);
    checkNotPending(key);
    if (await records.kmsAliases.get(aliasId(accountId, aliasName)))
      throw aliasExists(kmsArn(context.region.name, accountId, aliasName));
    const time = context.now().toISOString();
    await records.kmsAliases.put({
      aliasName,
      ownerId: accountId,
      keyId: key.keyId,
      createTime: time,
      updateTime: time,
    });
  });
  return undefined;
});
