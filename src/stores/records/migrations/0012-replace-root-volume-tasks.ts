import type { Migration } from './migration.ts';

export const replaceRootVolumeTasksMigration: Migration = {
  name: '0012-replace-root-volume-tasks',
  async up({ createCollection }) {
    await createCollection('replaceRootVolumeTasks', ['ownerId', 'instanceId', 'state']);
  },
};
