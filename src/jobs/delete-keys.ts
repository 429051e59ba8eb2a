import { kmsKeyDomain } from '../domain/key-domain.ts';
import { aliasId } from '../domain/kms-alias.ts';
import { isDueForDeletion } from '../domain/kms-key-state.ts';
import type { JobServices } from './services.ts';

/**
 * Deletes the keys whose time has come, and destroys what was encrypted under them. A key is first gone for everybody, so
 * that nobody cancels its deletion any more; then its data key is destroyed; then it is forgotten. Killed between any two
 * of these, the next run goes on.
 */
export async function deleteKeys({ records, blocks, log, now }: JobServices): Promise<void> {
  for (const { keyId } of await records.read.kmsKeys.list({ state: 'PendingDeletion' }))
    await records.transaction(async writer => {
      const key = await writer.kmsKeys.get(keyId);
      if (!key || !isDueForDeletion(key, now())) return;
      await writer.kmsKeys.put({ ...key, state: 'Deleted' });
      for (const { ownerId, aliasName } of await writer.kmsAliases.list({ keyId }))
        await writer.kmsAliases.delete(aliasId(ownerId, aliasName));
    });
  for (const { keyId, arn } of await records.read.kmsKeys.list({ state: 'Deleted' })) {
    await blocks.forgetDomain(kmsKeyDomain(arn));
    await records.transaction(writer => writer.kmsKeys.delete(keyId));
    log.info('a key is deleted, and what it encrypted cannot be read any more', { arn });
  }
}
