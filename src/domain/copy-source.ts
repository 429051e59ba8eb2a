/** What may be copied, by whom, and under which key (spec C.7, C.12, C.14). */
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
  if (usageOperation !== 'RunInstances')
    throw invalidRequest('Images with EC2 BillingProduct codes cannot be copied to another AWS account');
  if (!snapshots.every(snapshot => canSeeSnapshot(snapshot, accountId)))
    throw invalidRequest('You do not have permission to access the storage of this ami');
}

/** @throws InvalidRequest */
export function checkSnapshotCopy(snapshot: Snapshot, accountId: string): void {
  if (snapshot.ownerId !== accountId && snapshot.productCodes.length > 0)
    throw invalidRequest('Snapshots with product codes cannot be copied to another AWS account');
}

/**
 * Refuses what would take the blocks into another key domain, which is not served yet: a copy has its source's key.
 * What is encrypted stays so. @throws InvalidParameterDependency, InvalidParameterValue, UnsupportedOperation
 */
export function checkCopyKey(
  request: { Encrypted?: boolean; KmsKeyId?: string },
  sources: ReadonlyArray<Pick<Snapshot, 'encrypted' | 'ownerId'>>,
  accountId: string,
): void {
  if (request.KmsKeyId) {
    if (!request.Encrypted)
      throw new ApiError(
        'InvalidParameterDependency',
        'The parameter KmsKeyId requires the parameter Encrypted to be set.',
      );
    throw unsupportedOperation('Copies under another key are not served yet: leave KmsKeyId out.');
  }
  if (request.Encrypted && sources.some(source => !source.encrypted))
    throw unsupportedOperation(
      'Encrypted copies of what is not encrypted are not served yet: leave Encrypted out.',
    );
  if (request.Encrypted === false && sources.some(source => source.encrypted))
    throw invalidParameterValue(
      'Encrypted cannot be set to false: the source is encrypted, and so is every copy of it.',
    );
  if (sources.some(source => source.encrypted && source.ownerId !== accountId))
    throw unsupportedOperation(
      "Copies of another account's encrypted snapshots are not served yet: have its owner share an unencrypted one.",
    );
}

/** A time-based copy: 15 minutes to 48 hours, in steps of 15. @throws InvalidParameterValue */
export function checkCompletionDuration(minutes: number | undefined, parameter: string): void {
  if (minutes !== undefined && (minutes % 15 !== 0 || minutes < 15 || minutes > 2880))
    throw invalidParameterValue(
      `Value (${minutes}) for parameter ${parameter} is invalid. Expecting a multiple of 15 between 15 and 2880.`,
    );
}
