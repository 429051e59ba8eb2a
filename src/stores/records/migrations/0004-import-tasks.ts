import type { Migration } from './migration.ts';

export const importTasksMigration: Migration = {
  name: '0004-import-tasks',
  async up({ createCollection }) {
    await createCollection('importTasks', ['ownerId', 'state']);
  },
};
