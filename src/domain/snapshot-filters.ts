import type { FilterTable } from './filters.ts';
import type { Snapshot } from './snapshot.ts';

export interface SnapshotView {
  snapshot: Snapshot;
  /** `amazon`, `aws-marketplace`, …: only of aliased owners. */
  ownerAlias?: string;
}

/** The filters of DescribeSnapshots but those on tags (spec C.14). No snapshot is archived. */
export const snapshotFilters: FilterTable<SnapshotView> = {
  description: ({ snapshot }) => snapshot.description,
  encrypted: ({ snapshot }) => snapshot.encrypted,
  'owner-alias': view => view.ownerAlias,
  'owner-id': ({ snapshot }) => snapshot.ownerId,
  progress: ({ snapshot }) => `${snapshot.progress}%`,
  'snapshot-id': ({ snapshot }) => snapshot.snapshotId,
  'start-time': ({ snapshot }) => snapshot.startTime,
  status: ({ snapshot }) => snapshot.state,
  'storage-tier': () => 'standard',
  'transfer-type': ({ snapshot }) => snapshot.transferType,
  'volume-id': ({ snapshot }) => snapshot.volumeId,
  'volume-size': ({ snapshot }) => snapshot.volumeSize,
};
