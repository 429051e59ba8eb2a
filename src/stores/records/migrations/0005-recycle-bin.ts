import type { Migration } from './migration.ts';

export const recycleBinMigration: Migration = {
  name: '0005-recycle-bin',
  async up({ createCollection }) {
    await createCollection('retentionRules', ['ownerId', 'resourceType']);
    await createCollection('binnedSnapshots', ['ownerId']);
    await createCollection('binnedImages', ['ownerId']);
  },
};
