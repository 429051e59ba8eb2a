import { findKeyById } from './key-lookup.ts';
import { operation } from './operation.ts';
import { kmsPage } from './paging.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html */
export const listResourceTags = operation('ListResourceTags', async (input, context) => {
  const { tags, keyId } = await context.records.transaction(records =>
    findKeyById(records, context, input.KeyId),
  );
  const sorted = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  const list = { action: `ListResourceTags ${keyId}`, usual: 50, most: 50 };
  const { items, ...rest } = kmsPage(sorted, ([key]) => key, input, list);
  return { Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...rest };
});
