import type { AllowedImagesState, ImageCriterion } from './allowed-images.ts';
import { type ApiError, invalidParameterValue, operationNotPermitted } from './errors.ts';
import type { MetadataDefaults } from './metadata-options.ts';

export type ImageBlockPublicAccess = 'block-new-sharing' | 'unblocked';
export type SnapshotBlockPublicAccess = 'block-all-sharing' | 'block-new-sharing' | 'unblocked';

/** What an account chose in a region. */
export interface AccountSettings {
  accountId: string;
  imageBlockPublicAccess?: ImageBlockPublicAccess;
  snapshotBlockPublicAccess?: SnapshotBlockPublicAccess;
  allowedImagesState?: AllowedImagesState;
  imageCriteria?: ImageCriterion[];
  metadataDefaults?: MetadataDefaults;
  serialConsoleAccess?: boolean;
  /** It deleted its default VPC, which is not made anew unasked. */
  hasNoDefaultVpc?: boolean;
}

/** What holds for an account that chose nothing. */
export interface AccountDefaults {
  imageBlockPublicAccess: ImageBlockPublicAccess;
}

/** @throws InvalidParameterValue: `unblocked` is what the Disable call is for. */
export function parseImageBlock(state: string): ImageBlockPublicAccess {
  if (state !== 'block-new-sharing') throw invalidState('imageBlockPublicAccessState', state);
  return state;
}

/** @throws InvalidParameterValue as above */
export function parseSnapshotBlock(state: string): SnapshotBlockPublicAccess {
  if (state !== 'block-all-sharing' && state !== 'block-new-sharing') throw invalidState('state', state);
  return state;
}

const invalidState = (parameter: string, state: string): ApiError =>
  invalidParameterValue(`Value (${state}) for parameter ${parameter} is invalid.`);

export const publicImagesBlocked = () =>
  operationNotPermitted(
    'You can’t publicly share this image because block public access for AMIs is enabled for this account. To publicly share the image, you must call the DisableImageBlockPublicAccess API.',
  );
export const publicSnapshotsBlocked = () =>
  operationNotPermitted(
    'You can’t publicly share this snapshot because block public access for snapshots is enabled for this account. To publicly share the snapshot, you must call the DisableSnapshotBlockPublicAccess API.',
  );
