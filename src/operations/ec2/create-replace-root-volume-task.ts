import { rootSnapshotId } from '../../domain/block-device-mapping.ts';
import { fail, invalidParameterCombination } from '../../domain/errors.ts';
import type { Image } from '../../domain/image.ts';
import type { Instance } from '../../domain/instance.ts';
import { noEbsRoot } from '../../domain/instance-errors.ts';
import { checkFit } from '../../domain/instance-fit.ts';
import { instanceType } from '../../domain/instance-types.ts';
import {
  checkLineage,
  checkSameKind,
  instanceNotRunning,
  isUnderWay,
  launchSnapshotId,
  newRoot,
  noLaunchState,
  type ReplaceRootVolumeTask,
  replaceRootVolumeTaskNotFound,
  rootBeingReplaced,
} from '../../domain/replace-root-volume.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotNotCompleted, snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import { settleTags } from '../../domain/tags.ts';
import type { Volume } from '../../domain/volume.ts';
import { modificationUnderWay } from '../../domain/volume-modification.ts';
import type { RegionReader, RegionWriter } from '../../stores/records/database.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import type { Context } from '../context.ts';
import { settleEncryption } from '../encryption.ts';
import { remember, replayed } from '../idempotency.ts';
import { loadTags, writeTags } from '../tagging.ts';
import { type AllowedImages, allowedImages } from './allowed-images.ts';
import { attachedVolumes } from './imageable-instance.ts';
import { findInstances } from './instance-lookup.ts';
import { launchableImage } from './launch-image.ts';
import { operation } from './operation.ts';
import { presentReplaceRootVolumeTask } from './present/replace-root-volume-task.ts';
import { idList, optionalId, required } from './request.ts';
import { checkNotRead } from './volume-lookup.ts';

const action = 'CreateReplaceRootVolumeTask';
const type = 'replace-root-volume-task';

/**
 * The new volume's record is written with the task; a job makes it, and boots the instance from it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateReplaceRootVolumeTask.html
 */
export const createReplaceRootVolumeTask = operation(
  'CreateReplaceRootVolumeTask',
  async (input, context) => {
    const { accountId } = context.caller;
    const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
    const asked = {
      snapshotId: optionalId('snap', input.SnapshotId),
      imageId: optionalId('ami', input.ImageId),
    };
    if (asked.snapshotId && asked.imageId)
      throw invalidParameterCombination('The parameter ImageId cannot be used with the parameter SnapshotId');
    const tags = settleTags(input.TagSpecifications, [type])[type];
    const aliased = await aliasedAccounts(context);

    const answer = await context.records.transaction(async records => {
      const before = await replayed(records, context, action, input);
      if (before !== undefined) {
        const task =
          (await records.replaceRootVolumeTasks.get(before)) ?? fail(replaceRootVolumeTaskNotFound(before));
        return presentReplaceRootVolumeTask(task, (await loadTags(records, accountId, [before]))(before));
      }
      const [instance] = (await findInstances(records, context, ids)) as [Instance];
      const root = await replaceableRoot(records, instance);
      const allowed = await allowedImages(records, context, aliased);
      const { image, snapshot } = await sourceOf(records, context, allowed, { instance, root, ...asked });
      const volume = await rootFrom(records, context, root, snapshot, image);
      const task: ReplaceRootVolumeTask = {
        replaceRootVolumeTaskId: context.newId('replacevol'),
        ownerId: accountId,
        instanceId: instance.instanceId,
        state: 'pending',
        startTime: context.now().toISOString(),
        ...(image && { imageId: image.imageId }),
        ...(asked.snapshotId && { snapshotId: asked.snapshotId }),
        deleteReplacedRootVolume: input.DeleteReplacedRootVolume === true,
        volumeId: volume.volumeId,
        replacedVolumeId: root.volumeId,
        before: traitsOf(instance),
        after: traitsOf(image ?? instance),
      };
      const { replaceRootVolumeTaskId } = task;
      await records.volumes.put(volume);
      await records.replaceRootVolumeTasks.put(task);
      await writeTags(records, accountId, { id: replaceRootVolumeTaskId, type }, tags);
      await remember(records, context, action, input, replaceRootVolumeTaskId);
      await context.jobs.enqueue(records, 'replace-root-volume', instance.instanceId, {
        replaceRootVolumeTaskId,
      });
      return presentReplaceRootVolumeTask(task, tags ?? {});
    });
    context.jobs.wake();
    return { ReplaceRootVolumeTask: answer };
  },
);

/** @throws UnsupportedOperation, IncorrectInstanceState, IncorrectModificationState, IncorrectState */
async function replaceableRoot(records: RegionReader, instance: Instance): Promise<Volume> {
  const { instanceId } = instance;
  if (instance.rootDeviceType !== 'ebs') throw noEbsRoot(instanceId, 'stopped');
  if (instance.state !== 'running') throw instanceNotRunning(instanceId);
  const tasks = await records.replaceRootVolumeTasks.list({ instanceId });
  if (tasks.some(isUnderWay)) throw rootBeingReplaced(instanceId);
  const [root] = (await attachedVolumes(records, instance)) as [Volume];
  if (root.modification?.state === 'modifying') throw modificationUnderWay(root.volumeId);
  await checkNotRead(records, root);
  return root;
}

/** What the new volume is made from. @throws what is not there, or does not belong to the instance */
async function sourceOf(
  records: RegionReader,
  context: Context,
  allowed: AllowedImages,
  asked: { instance: Instance; root: Volume; snapshotId?: string; imageId?: string },
): Promise<{ image?: Image; snapshot: Snapshot }> {
  const { instance, root } = asked;
  if (asked.imageId) {
    const image = await launchableImage(records, context, allowed, asked.imageId);
    checkSameKind(image, instance);
    checkFit(image, instanceType(instance.instanceType)!);
    const id = rootSnapshotId(image.blockDeviceMappings, image.rootDeviceName)!;
    return { image, snapshot: (await records.snapshots.get(id)) ?? fail(snapshotNotFound(id)) };
  }
  const id = asked.snapshotId ?? launchSnapshotId(root) ?? fail(noLaunchState(root.volumeId));
  const snapshot = (await records.snapshots.get(id)) ?? fail(snapshotNotFound(id));
  if (asked.snapshotId) {
    if (!canSeeSnapshot(snapshot, context.caller.accountId)) throw snapshotNotFound(id);
    checkLineage(snapshot, instance, root);
    if (snapshot.state !== 'completed') throw snapshotNotCompleted(id);
  }
  return { snapshot };
}

/** The new volume, encrypted as the old one is; it goes back to an image's own launch state where it is of one. */
async function rootFrom(
  records: RegionWriter,
  context: Context,
  root: Volume,
  snapshot: Snapshot,
  image: Image | undefined,
): Promise<Volume> {
  const request = root.encrypted ? { Encrypted: true, KmsKeyId: root.kmsKeyId } : {};
  const encryption = await settleEncryption(records, context, request, snapshot);
  const own = { volumeId: context.newId('vol'), createTime: context.now().toISOString(), ...encryption };
  return newRoot(root, snapshot, own, image ? undefined : launchSnapshotId(root));
}

const traitsOf = ({ imageId, bootMode }: Image | Instance) => ({ imageId, bootMode });
