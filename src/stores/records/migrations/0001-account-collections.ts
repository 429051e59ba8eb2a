import type { Migration } from './migration.ts';

export const accountCollectionsMigration: Migration = {
  name: '0001-account-collections',
  async up({ createCollection }) {
    await createCollection('accounts', ['alias']);
    await createCollection('accessKeys', ['accountId']);
  },
};
