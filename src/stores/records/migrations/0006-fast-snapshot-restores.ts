import type { Migration } from './migration.ts';

export const fastSnapshotRestoresMigration: Migration = {
  name: '0006-fast-snapshot-restores',
  async up({ createCollection }) {
    await createCollection('fastSnapshotRestores', ['ownerId', 'snapshotId', 'state']);
  },
};
