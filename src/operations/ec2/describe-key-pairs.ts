import { type FilterTable, matcher } from '../../domain/filters.ts';
import { keyPairNotFound } from '../../domain/instance-errors.ts';
import type { KeyPair } from '../../domain/key-pair.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';
import { idList } from './request.ts';

const filters: FilterTable<KeyPair> = {
  'key-pair-id': key => key.keyPairId,
  fingerprint: key => key.fingerprint,
  'key-name': key => key.keyName,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeKeyPairs.html */
export const describeKeyPairs = operation('DescribeKeyPairs', async (input, context) => {
  const { accountId } = context.caller;
  const names = [...new Set(input.KeyNames ?? [])];
  const ids = idList('key', input.KeyPairIds);
  const own = await context.records.read.keyPairs.list({ ownerId: accountId });
  const missing =
    names.find(name => !own.some(key => key.keyName === name)) ??
    ids.find(id => !own.some(key => key.keyPairId === id));
  if (missing !== undefined) throw keyPairNotFound(missing);
  const tags = await loadTags(
    context.records.read,
    accountId,
    own.map(key => key.keyPairId),
  );
  const matches = matcher(input.Filters, filters, key => tags(key.keyPairId));
  return {
    KeyPairs: own
      .filter(key => !names.length || names.includes(key.keyName))
      .filter(key => !ids.length || ids.includes(key.keyPairId))
      .filter(matches)
      .map(key => ({
        KeyPairId: key.keyPairId,
        KeyName: key.keyName,
        KeyType: key.keyType,
        KeyFingerprint: key.fingerprint,
        PublicKey: input.IncludePublicKey ? key.publicKey : undefined,
        CreateTime: new Date(key.createTime),
        Tags: presentTags(tags(key.keyPairId)),
      })),
  };
});
