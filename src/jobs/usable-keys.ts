import { type KeyFault, keyFault, parseKeyReference } from '../domain/kms-key.ts';
import type { Volume } from '../domain/volume.ts';
import type { RegionReader } from '../stores/records/database.ts';
import { PermanentFailure } from './job.ts';
import type { JobServices } from './services.ts';

/** Why what lies under a key cannot be used for an account now; undefined when it can, or has no key. */
export async function faultOfKey(
  records: Pick<RegionReader, 'kmsKeys'>,
  kmsKeyId: string | undefined,
  accountId: string,
): Promise<KeyFault | undefined> {
  if (kmsKeyId === undefined) return undefined;
  const { keyId } = parseKeyReference(kmsKeyId);
  return keyFault(keyId === undefined ? undefined : await records.kmsKeys.get(keyId), kmsKeyId, accountId);
}

/**
 * Checks the keys of volumes that are to be made or opened; those that are open go on without, as on AWS. Once a volume
 * is made, its snapshot's key need not be usable, but there: its blocks lie under it.
 * @throws PermanentFailure in AWS's words
 */
export async function requireVolumeKeys({ records }: JobServices, volumes: readonly Volume[]): Promise<void> {
  for (const { volumeId, ownerId, state, kmsKeyId, sourceKmsKeyId } of volumes) {
    const fault = await faultOfKey(records.read, kmsKeyId, ownerId);
    const sourceFault = await faultOfKey(records.read, sourceKmsKeyId, ownerId);
    if (fault || sourceFault === 'missing' || (sourceFault && state === 'creating'))
      throw new PermanentFailure('Client.InternalError', 'Client.InternalError: Client error on launch', {
        cause: new Error(`a key of ${volumeId} is ${fault ?? sourceFault}`),
      });
  }
}

/** Checks the key of a snapshot that is to be stored. @throws PermanentFailure in AWS's words */
export async function requireSnapshotKey(
  { records }: JobServices,
  { ownerId, kmsKeyId }: { ownerId: string; kmsKeyId?: string },
): Promise<void> {
  if (await faultOfKey(records.read, kmsKeyId, ownerId))
    throw new PermanentFailure('Client.InvalidKmsKey', 'Given key ID is not accessible');
}
