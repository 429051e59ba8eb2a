/** Tasks that give a running instance another root volume. */
import { ApiError, invalidParameterValue } from './errors.ts';
import type { FilterTable } from './filters.ts';
import type { Image } from './image.ts';
import type { Instance } from './instance.ts';
import type { Snapshot } from './snapshot.ts';
import { type Volume, type VolumeAttachment, volumeKeys } from './volume.ts';

/**
 * `pending`: the new volume is being made; `in-progress`: it takes the other one's place; `failing`: that one takes its
 * place again. Both volumes stay with the instance meanwhile, so that none ever ends without a root (`failed-detached`).
 */
export type ReplaceRootVolumeState = 'pending' | 'in-progress' | 'failing' | 'succeeded' | 'failed';

export interface ReplaceRootVolumeTask {
  replaceRootVolumeTaskId: string;
  ownerId: string;
  instanceId: string;
  state: ReplaceRootVolumeState;
  startTime: string;
  completeTime?: string;
  /** Of the image, or the snapshot, that was asked for; neither: back to the launch state. */
  imageId?: string;
  snapshotId?: string;
  deleteReplacedRootVolume: boolean;
  /** The new root volume. */
  volumeId: string;
  /** The one it replaces. */
  replacedVolumeId: string;
  /** What the instance takes from the image, and what it had. */
  after: RootTraits;
  before: RootTraits;
}

type RootTraits = Pick<Instance, 'imageId' | 'bootMode'>;

export const isUnderWay = ({ state }: ReplaceRootVolumeTask) => state !== 'succeeded' && state !== 'failed';

export const replaceRootVolumeTaskFilters: FilterTable<ReplaceRootVolumeTask> = {
  'instance-id': task => task.instanceId,
};

/** [R] code */
export const replaceRootVolumeTaskNotFound = (id: string) =>
  new ApiError(
    'InvalidReplaceRootVolumeTaskId.NotFound',
    `The replaceRootVolumeTask ID '${id}' does not exist`,
  );
/** [R] texts from here on */
export const rootBeingReplaced = (instanceId: string) =>
  new ApiError(
    'IncorrectInstanceState',
    `The root volume of the instance '${instanceId}' is being replaced. Try again when that is done.`,
  );
export const instanceNotRunning = (instanceId: string) =>
  new ApiError('IncorrectInstanceState', `The instance '${instanceId}' is not in the 'running' state.`);
export const noLaunchState = (volumeId: string) =>
  invalidParameterValue(
    `The root volume '${volumeId}' was not made from a snapshot: name a snapshot of it, or an image.`,
  );
const notOfLineage = (snapshotId: string, instanceId: string) =>
  invalidParameterValue(
    `The snapshot '${snapshotId}' is not of the same lineage as the root volume of the instance '${instanceId}': use one that was taken of it, or of a root volume it has replaced.`,
  );
const imageDiffers = (imageId: string, what: string, instanceId: string) =>
  invalidParameterValue(`The image '${imageId}' has another ${what} than the instance '${instanceId}'.`);

/** @throws InvalidParameterValue for a snapshot of anything but a root volume the instance has or had; copies are not */
export function checkLineage(snapshot: Snapshot, instance: Instance, root: Volume): void {
  const { snapshotId, volumeId } = snapshot;
  const roots = [root.volumeId, ...(instance.replacedRootVolumeIds ?? [])];
  if (!roots.includes(volumeId) && snapshotId !== launchSnapshotId(root))
    throw notOfLineage(snapshotId, instance.instanceId);
}

/**
 * An image must bring what the instance is: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/replace-root.html
 * @throws InvalidParameterValue
 */
export function checkSameKind(image: Image, instance: Instance): void {
  const differs = (what: string) => imageDiffers(image.imageId, what, instance.instanceId);
  if (image.rootDeviceType !== 'ebs') throw differs('root device type');
  if (image.architecture !== instance.architecture) throw differs('architecture');
  if (image.virtualizationType !== instance.virtualizationType) throw differs('virtualization type');
  if (image.platformDetails !== instance.platformDetails || image.usageOperation !== instance.usageOperation)
    throw differs('billing information');
  if ([...image.productCodes].sort().join() !== [...instance.productCodes].sort().join())
    throw differs('product code');
}

/** The snapshot an instance's root volume began with. */
export function launchSnapshotId(root: Volume): string | undefined {
  return root.launchSnapshotId ?? root.snapshotId;
}

/** A new root volume: of the old one's type, performance and size, unless its snapshot is larger. */
export function newRoot(
  root: Volume,
  snapshot: Pick<Snapshot, 'snapshotId' | 'volumeSize' | 'kmsKeyId' | 'productCodes'>,
  own: { volumeId: string; createTime: string; encrypted: boolean; kmsKeyId?: string },
  launchedFrom: string | undefined,
): Volume {
  const { volumeId, createTime, ...key } = own;
  return {
    volumeId,
    ownerId: root.ownerId,
    size: Math.max(root.size, snapshot.volumeSize),
    snapshotId: snapshot.snapshotId,
    ...(launchedFrom !== undefined && { launchSnapshotId: launchedFrom }),
    availabilityZone: root.availabilityZone,
    state: 'creating',
    createTime,
    volumeType: root.volumeType,
    ...(root.iops !== undefined && { iops: root.iops }),
    ...(root.throughput !== undefined && { throughput: root.throughput }),
    ...volumeKeys(key, snapshot),
    productCodes: [...snapshot.productCodes],
  };
}

/** The new volume in the old one's place, which is on its way out. */
export function swapped(old: Volume & Attached, next: Volume, now: string): { old: Volume; next: Volume } {
  const { attachment } = old;
  return {
    old: { ...old, attachment: { ...attachment, state: 'detaching' } },
    next: { ...next, state: 'in-use', attachment: { ...attachment, state: 'attached', attachTime: now } },
  };
}

type Attached = { attachment: VolumeAttachment };

/** The instance on another root volume. */
export function onOtherRoot(instance: Instance, traits: RootTraits, now: string): Instance {
  return { ...instance, ...traits, health: 'initializing', healthSince: now };
}
