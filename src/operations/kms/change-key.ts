import type { KmsKey } from '../../domain/kms-key.ts';
import { checkCustomerManaged } from '../../domain/kms-key-state.ts';
import type { Context } from '../context.ts';
import { findKeyById } from './key-lookup.ts';

/** Changes one of the caller's own keys, in one transaction, and answers it as it is then. */
export function changeKey(context: Context, text: string, change: (key: KmsKey) => KmsKey): Promise<KmsKey> {
  return context.records.transaction(async records => {
    const key = await findKeyById(records, context, text);
    checkCustomerManaged(key);
    const changed = change(key);
    await records.kmsKeys.put(changed);
    return changed;
  });
}
