import { aliasId, checkAliasName } from '../../domain/kms-alias.ts';
import { aliasNotFound } from '../../domain/kms-errors.ts';
import { kmsArn } from '../../domain/kms-key.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html */
export const deleteAlias = operation('DeleteAlias', async (input, context) => {
  const { accountId } = context.caller;
  const aliasName = checkAliasName(input.AliasName);
  await context.records.transaction(async records => {
    const id = aliasId(accountId, aliasName);
    if (!(await records.kmsAliases.get(id)))
      throw aliasNotFound(kmsArn(context.region.name, accountId, aliasName));
    await records.kmsAliases.delete(id);
  });
  return undefined;
});
