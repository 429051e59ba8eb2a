import { kmsTagError, kmsUnsupported, kmsValidation } from '../../domain/kms-errors.ts';
import { newKey } from '../kms-keys.ts';
import type { CreateKeyRequest, KmsTag } from './actions.ts';
import { operation } from './operation.ts';
import { presentKey } from './present.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const createKey = operation('CreateKey', async (input, context) => {
  checkServed(input);
  const description = input.Description ?? '';
  if (description.length > 8192) throw kmsValidation('Description must have at most 8192 characters');
  const key = newKey(context, { description, manager: 'CUSTOMER', tags: parseKeyTags(input.Tags ?? []) });
  await context.records.transaction(records => records.kmsKeys.put(key));
  return { KeyMetadata: presentKey(key) };
});

/** @throws UnsupportedOperationException naming what would make another key than was asked for */
function checkServed(input: CreateKeyRequest): void {
  const { KeyUsage = 'ENCRYPT_DECRYPT', Origin = 'AWS_KMS' } = input;
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (input.KeySpec && input.CustomerMasterKeySpec)
    throw kmsValidation('You cannot specify KeySpec and CustomerMasterKeySpec in the same request.');
  if (KeyUsage !== 'ENCRYPT_DECRYPT')
    throw kmsUnsupported(`KeyUsage ${KeyUsage} is not served: keys are for ENCRYPT_DECRYPT.`);
  if (spec !== 'SYMMETRIC_DEFAULT')
    throw kmsUnsupported(`KeySpec ${spec} is not served: keys are SYMMETRIC_DEFAULT.`);
  if (Origin !== 'AWS_KMS' || input.CustomKeyStoreId || input.XksKeyId)
    throw kmsUnsupported(
      'Key material of your own is not served: leave Origin, CustomKeyStoreId and XksKeyId out.',
    );
  if (input.MultiRegion) throw kmsUnsupported('Keys are of one region: leave MultiRegion out.');
  if (input.Policy)
    throw kmsUnsupported("Key policies are not served: a key is its account's alone. Leave Policy out.");
}

function parseKeyTags(tags: readonly KmsTag[]): Record<string, string> {
  if (tags.length > 50) throw kmsTagError('A key can have at most 50 tags.');
  const byKey = new Map<string, string>();
  for (const { TagKey, TagValue } of tags) {
    if (TagKey.length < 1 || TagKey.length > 128 || TagValue.length > 256)
      throw kmsTagError('A tag key has 1 to 128 characters, its value at most 256.');
    if (TagKey.toLowerCase().startsWith('aws:'))
      throw kmsTagError("Tag keys that begin with 'aws:' are reserved.");
    if (byKey.has(TagKey)) throw kmsTagError(`The tag key '${TagKey}' is given twice.`);
    byKey.set(TagKey, TagValue);
  }
  return Object.fromEntries(byKey);
}
