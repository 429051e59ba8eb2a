/** A word for each answer a question about an image may get: for each refusal its code, status and text. */
import type { EC2ServiceException } from '@aws-sdk/client-ec2';
import type { Subject } from './questions.ts';

type Refusal = readonly [code: string, status: number, message: string];

const refusals: Readonly<Record<string, (subject: Subject) => Refusal>> = {
  unknown: ({ imageId }) => ['InvalidAMIID.NotFound', 400, `The image id '[${imageId}]' does not exist`],
  gone: ({ imageId }) => [
    'InvalidAMIID.Unavailable',
    400,
    `The image ID: '${imageId}' is no longer available`,
  ],
  pending: ({ imageId }) => ['InvalidAMIID.Unavailable', 400, `AMI ${imageId} is pending, and cannot be run`],
  unfinished: ({ imageId }) => [
    'InvalidAMIID.Unavailable',
    400,
    `AMI ${imageId} is pending, and cannot be copied`,
  ],
  unshared: ({ imageId }) => ['AuthFailure', 403, `Not authorized for images: [${imageId}]`],
  foreign: ({ imageId }) => ['AuthFailure', 403, `Not authorized for image:${imageId}`],
  restricted: () => ['AuthFailure', 403, 'Unauthorized attempt to access restricted resource'],
  storage: () => ['InvalidRequest', 400, 'You do not have permission to access the storage of this ami'],
  unnamed: ({ imageId, callerId }) => [
    'InvalidRequest',
    400,
    `The image '${imageId}' is not shared with account ${callerId} by its id.`,
  ],
  blocked: () => [
    'OperationNotPermitted',
    400,
    'You can’t publicly share this image because block public access for AMIs is enabled for this account. To publicly share the image, you must call the DisableImageBlockPublicAccess API.',
  ],
  encrypted: ({ imageId }) => [
    'OperationNotPermitted',
    400,
    `The image '${imageId}' has encrypted snapshots and cannot be made public.`,
  ],
  'default key': ({ imageId }) => [
    'OperationNotPermitted',
    400,
    `The image '${imageId}' has snapshots encrypted with the account's default key and cannot be shared.`,
  ],
  protected: ({ imageId }) => [
    'OperationNotPermitted',
    400,
    `The image '${imageId}' has deregistration protection enabled.`,
  ],
  disabled: ({ imageId }) => [
    'IncorrectState',
    400,
    `The image '${imageId}' is disabled and cannot be shared.`,
  ],
  failed: ({ imageId }) => ['IncorrectState', 400, `The image '${imageId}' has failed and cannot be shared.`],
  'is pending': ({ imageId }) => ['IncorrectState', 400, `The image '${imageId}' is 'pending'`],
  'is failed': ({ imageId }) => ['IncorrectState', 400, `The image '${imageId}' is 'failed'`],
  'no snapshot': ({ snapshotId }) => [
    'InvalidSnapshot.NotFound',
    400,
    `The snapshot '${snapshotId}' does not exist.`,
  ],
  'not whole': ({ snapshotId }) => ['IncorrectState', 400, `${snapshotId} is not 'completed'`],
  'its owner’s': ({ snapshotId }) => ['AuthFailure', 403, `Not authorized for snapshot:${snapshotId}`],
  'in use': ({ imageId, snapshotId }) => [
    'InvalidSnapshot.InUse',
    400,
    `The snapshot ${snapshotId} is currently in use by ${imageId}`,
  ],
};

/** The word for a refusal; one without a word is told whole. A dry run that would have succeeded is `yes`. */
export function wordOf({ name, message, $metadata }: EC2ServiceException, subject: Subject): string {
  const status = $metadata.httpStatusCode;
  if (name === 'DryRunOperation' && status === 412) return 'yes';
  const found = Object.entries(refusals).find(([, refusal]) => {
    const [code, expected, text] = refusal(subject);
    return code === name && expected === status && text === message;
  });
  return found?.[0] ?? `${name} ${status} ${message}`;
}
