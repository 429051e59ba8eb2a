import type { Migration } from './migration.ts';

export const accountSettingsMigration: Migration = {
  name: '0002-account-settings',
  async up({ createCollection }) {
    await createCollection('accountSettings', []);
  },
};
