import { ApiError, invalidParameterValue, missingParameter } from './errors.ts';
import { checkId } from './ids.ts';
import type { Instance } from './instance.ts';
import type { Volume } from './volume.ts';

/** Which of an instance's volumes CreateSnapshots is to take. */
export interface SnapshotSetRequest {
  InstanceId?: string;
  ExcludeBootVolume?: boolean;
  ExcludeDataVolumeIds?: string[];
}

export interface SnapshotSet {
  instanceId: string;
  withRoot: boolean;
  /** Data volumes left out. */
  excluded: ReadonlySet<string>;
}

/** @throws MissingParameter, `Invalid…ID.Malformed` */
export function parseSnapshotSet(request: SnapshotSetRequest = {}): SnapshotSet {
  if (!request.InstanceId) throw missingParameter('InstanceSpecification.InstanceId');
  return {
    instanceId: checkId('i', request.InstanceId),
    withRoot: !request.ExcludeBootVolume,
    excluded: new Set((request.ExcludeDataVolumeIds ?? []).map(id => checkId('vol', id))),
  };
}

/** While an instance starts or ends, its volumes come and go. @throws IncorrectInstanceState [R] text */
export function checkSnapshotSource({ instanceId, state }: Instance): void {
  if (state === 'pending' || state === 'shutting-down' || state === 'terminated')
    throw new ApiError(
      'IncorrectInstanceState',
      `The instance '${instanceId}' is '${state}'. Snapshots can be taken of a running, stopping or stopped instance.`,
    );
}

/**
 * The volumes of the set, the root first. A data volume is excluded by its id, the root by ExcludeBootVolume alone.
 * @throws InvalidParameterValue [R] texts
 */
export function chooseVolumes(
  { instanceId, withRoot, excluded }: SnapshotSet,
  { root, data }: { root: Volume | undefined; data: readonly Volume[] },
): Volume[] {
  for (const id of excluded) {
    if (id === root?.volumeId)
      throw invalidParameterValue(
        `The volume '${id}' is the root volume of the instance '${instanceId}'. Use ExcludeBootVolume to exclude it.`,
      );
    if (!data.some(volume => volume.volumeId === id))
      throw invalidParameterValue(`The volume '${id}' is not attached to the instance '${instanceId}'.`);
  }
  const chosen = [
    ...(root && withRoot ? [root] : []),
    ...data.filter(({ volumeId }) => !excluded.has(volumeId)),
  ];
  if (!chosen.length)
    throw invalidParameterValue(`The instance '${instanceId}' has no volume that is not excluded.`);
  return chosen;
}
