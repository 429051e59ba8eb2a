import type { Migration } from './migration.ts';

export const elasticAddressesMigration: Migration = {
  name: '0010-elastic-addresses',
  async up({ createCollection }) {
    await createCollection('elasticAddresses', ['ownerId']);
  },
};
