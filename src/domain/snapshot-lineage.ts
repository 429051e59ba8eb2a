import { noVolumeId, type Snapshot } from './snapshot.ts';

type Ancestor = Pick<Snapshot, 'snapshotId' | 'volumeId' | 'parentSnapshotId'>;

/** Whether two lines of ancestors, each beginning with the snapshot itself, meet: in a snapshot, or in a volume. */
export function areRelated(first: readonly Ancestor[], second: readonly Ancestor[]): boolean {
  const names = new Set(first.flatMap(namesOf));
  return second.some(ancestor => namesOf(ancestor).some(name => names.has(name)));
}

/** The parent's id stays when the parent is deleted. */
function namesOf({ snapshotId, volumeId, parentSnapshotId }: Ancestor): string[] {
  return [snapshotId, volumeId, parentSnapshotId].filter(
    (name): name is string => name !== undefined && name !== noVolumeId,
  );
}
