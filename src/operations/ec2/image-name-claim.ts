import { fail, missingParameter } from '../../domain/errors.ts';
import { imageNameDuplicate } from '../../domain/image-errors.ts';
import { checkImageName } from '../../domain/image-name.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/** @throws MissingParameter, InvalidAMIName.Malformed */
export function requiredName(name: string | undefined): string {
  return checkImageName(name || fail(missingParameter('Name')));
}

/**
 * Refuses a name one of the account's images holds. Called inside the transaction that writes the new image.
 * @throws InvalidAMIName.Duplicate
 */
export async function claimName(records: RegionReader, ownerId: string, name: string): Promise<void> {
  const holders = await records.images.list({ ownerId, name, state: ['pending', 'available', 'disabled'] });
  if (holders[0]) throw imageNameDuplicate(name, holders[0].imageId);
}
