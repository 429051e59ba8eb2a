/** What may be copied, and by whom (spec C.7, C.12, C.14). */
import { bringsOwnLicense } from './disk-facts.ts';
import type { EncryptionRequest } from './encryption.ts';
import { ApiError, invalidParameterValue, unsupportedOperation } from './errors.ts';
import type { Image } from './image.ts';
import { imageUnavailable } from './image-errors.ts';
import type { Snapshot } from './snapshot.ts';
import { canSeeSnapshot } from './snapshot-visibility.ts';

const invalidRequest = (message: string) => new ApiError('InvalidRequest', message);

/** @throws InvalidRegion for a region nobody serves, UnsupportedOperation for another one than this */
export function checkSourceRegion(source: string, here: string, all: ReadonlyArray<{ name: string }>): void {
  if (source === here) return;
  if (!all.some(region => region.name === source))
    throw new ApiError('InvalidRegion', `The region '${source}' does not exist.`);
  throw unsupportedOperation(
    `Copies from another region are not served yet: copy within '${here}', or call '${source}' with that as SourceRegion.`,
  );
}

/** @throws InvalidAMIID.Unavailable, UnsupportedOperation, InvalidRequest */
export function checkImageCopy(image: Image, snapshots: readonly Snapshot[], accountId: string): void {
  const { imageId, state, ownerId, productCodes, usageOperation, rootDeviceType } = image;
  if (state === 'pending')
    throw new ApiError('InvalidAMIID.Unavailable', `AMI ${imageId} is pending, and cannot be copied`);
  if (state !== 'available') throw imageUnavailable(imageId);
  if (rootDeviceType !== 'ebs')
    throw unsupportedOperation('Copies of instance-store images are not served yet.');
  if (ownerId === accountId) return;
  if (productCodes.length > 0)
    throw invalidRequest('Images from AWS Marketplace cannot be copied to another AWS account');
  if (!bringsOwnLicense(usageOperation))
    throw invalidRequest('Images with EC2 BillingProduct codes cannot be copied to another AWS account');
  if (!snapshots.every(snapshot => canSeeSnapshot(snapshot, accountId)))
    throw invalidRequest('You do not have permission to access the storage of this ami');
}

/** @throws InvalidRequest */
export function checkSnapshotCopy(snapshot: Snapshot, accountId: string): void {
  if (snapshot.ownerId !== accountId && snapshot.productCodes.length > 0)
    throw invalidRequest('Snapshots with product codes cannot be copied to another AWS account');
}

/** What is encrypted stays so: no copy of it is made without. @throws InvalidParameterValue */
export function checkStaysEncrypted(
  { Encrypted }: EncryptionRequest,
  sources: ReadonlyArray<Pick<Snapshot, 'encrypted'>>,
): void {
  if (Encrypted === false && sources.some(source => source.encrypted))
    throw invalidParameterValue(
      'Encrypted cannot be set to false: the source is encrypted, and so is every copy of it.',
    );
}

/** A time-based copy: 15 minutes to 48 hours, in steps of 15. @throws InvalidParameterValue */
export function checkCompletionDuration(minutes: number | undefined, parameter: string): void {
  if (minutes !== undefined && (minutes % 15 !== 0 || minutes < 15 || minutes > 2880))
    throw invalidParameterValue(
      `Value (${minutes}) for parameter ${parameter} is invalid. Expecting a multiple of 15 between 15 and 2880.`,
    );
}
