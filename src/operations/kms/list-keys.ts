import { operation } from './operation.ts';
import { kmsPage } from './paging.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */
export const listKeys = operation('ListKeys', async (input, context) => {
  const own = await context.records.read.kmsKeys.list({ ownerId: context.caller.accountId });
  const keys = own.filter(key => key.state !== 'Deleted');
  const list = { action: 'ListKeys', usual: 100, most: 1000 };
  const { items, ...rest } = kmsPage(keys, key => key.keyId, input, list);
  return { Keys: items.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })), ...rest };
});
