import { fail, missingParameter } from '../../domain/errors.ts';
import { imageNameDuplicate } from '../../domain/image-errors.ts';
import { checkImageName } from '../../domain/image-name.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';

/** States in which an image holds its name (spec C.2). */
const holdsName = new Set(['pending', 'available', 'disabled']);

/** @throws MissingParameter, InvalidAMIName.Malformed */
export function requiredName(name: string | undefined): string {
  return checkImageName(name || fail(missingParameter('Name')));
}

/**
 * Refuses a name one of the account's images holds. Called inside the transaction that writes the new image.
 * @throws InvalidAMIName.Duplicate
 */
export async function claimName(records: RegionReader, ownerId: string, name: string): Promise<void> {
  // By name alone, which is far more selective than the others.
  const holder = (await records.images.list({ name })).find(
    image => image.ownerId === ownerId && holdsName.has(image.state),
  );
  if (holder) throw imageNameDuplicate(name, holder.imageId);
}

/** Where an EBS image says it is: its owner, by alias if it has one, and its name. */
export async function imageLocation(context: Context, name: string): Promise<string> {
  const { accountId } = context.caller;
  return `${(await context.accounts.get(accountId))?.alias ?? accountId}/${name}`;
}
