import type { AccountAlias } from '../../domain/account.ts';
import { isAllowedBy } from '../../domain/allowed-images.ts';
import type { Image } from '../../domain/image.ts';
import { imageNotFound } from '../../domain/image-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';

/** What the caller's Allowed AMIs settings say of an image. */
export interface AllowedImages {
  /** Shown as `ImageAllowed`: undefined while the settings are disabled. */
  word(image: Image): boolean | undefined;
  /** Whether it may be found and used: audit mode only tells. */
  permits(image: Image): boolean;
}

/** @param accounts those with an alias, by it: they are looked up outside a transaction. */
export async function allowedImages(
  records: Pick<RegionReader, 'accountSettings'>,
  context: Context,
  accounts: ReadonlyMap<AccountAlias, string>,
): Promise<AllowedImages> {
  const { accountId } = context.caller;
  const { allowedImagesState: state = 'disabled', imageCriteria = [] } =
    (await records.accountSettings.get(accountId)) ?? {};
  if (state === 'disabled') return { word: () => undefined, permits: () => true };
  const aliases = new Map([...accounts].map(([alias, id]) => [id, alias]));
  const isAllowed = isAllowedBy(imageCriteria, accountId, id => aliases.get(id), context.now());
  return { word: isAllowed, permits: state === 'enabled' ? isAllowed : () => true };
}

/** An image the settings hide cannot be told from a missing one. @throws InvalidAMIID.NotFound */
export function checkAllowed(allowed: AllowedImages, image: Image): void {
  if (!allowed.permits(image)) throw imageNotFound([image.imageId]);
}
