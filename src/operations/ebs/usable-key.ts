import { keyAccessDenied, noSuchKey, unusableKey } from '../../domain/ebs-errors.ts';
import { faultOfKey } from '../../jobs/usable-keys.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/**
 * Refuses what lies under a key the account cannot use now. Nothing is refused where there is no key.
 * @throws ValidationException, ResourceNotFoundException, AccessDeniedException
 */
export async function checkKey(
  records: Pick<RegionReader, 'kmsKeys'>,
  accountId: string,
  kmsKeyId: string | undefined,
): Promise<void> {
  const fault = await faultOfKey(records, kmsKeyId, accountId);
  if (fault === undefined || kmsKeyId === undefined) return;
  if (fault === 'missing') throw noSuchKey(kmsKeyId);
  if (fault === 'denied') throw keyAccessDenied(kmsKeyId);
  throw unusableKey(kmsKeyId, fault);
}
