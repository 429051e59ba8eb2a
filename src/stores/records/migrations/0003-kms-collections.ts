import type { Migration } from './migration.ts';

export const kmsCollectionsMigration: Migration = {
  name: '0003-kms-collections',
  async up({ createCollection }) {
    await createCollection('kmsKeys', ['ownerId', 'state']);
    await createCollection('kmsAliases', ['ownerId', 'keyId']);
    await createCollection('ebsEncryption', []);
  },
};
