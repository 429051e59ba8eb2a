import { ApiError } from './errors.ts';
import type { Snapshot } from './snapshot.ts';

/** What a request says of encryption. */
export interface EncryptionRequest {
  Encrypted?: boolean;
  KmsKeyId?: string;
}

/** Which key a new volume or a copy is encrypted with: the one asked for, its source's, the account's default, or none. */
export type KeyChoice = 'asked' | 'source' | 'default' | 'none';

/**
 * The table of spec C.12. What is encrypted stays so, whatever `Encrypted` says: refuse `false` before, where the action
 * does. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
 * @throws InvalidParameterDependency
 */
export function chooseKey(
  request: EncryptionRequest,
  source: Pick<Snapshot, 'encrypted' | 'ownerId'> | undefined,
  account: { accountId: string; byDefault: boolean },
): KeyChoice {
  checkKeyRequest(request);
  if (request.KmsKeyId) return 'asked';
  if (source?.encrypted) return source.ownerId === account.accountId ? 'source' : 'default';
  return request.Encrypted || account.byDefault ? 'default' : 'none';
}

/** @throws InvalidParameterDependency for a key without encryption */
export function checkKeyRequest({ Encrypted, KmsKeyId }: EncryptionRequest): void {
  if (KmsKeyId && Encrypted !== true)
    throw new ApiError(
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    );
}
