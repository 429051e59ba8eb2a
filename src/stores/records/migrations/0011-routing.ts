import type { Migration } from './migration.ts';

export const routingMigration: Migration = {
  name: '0011-routing',
  async up({ createCollection }) {
    await createCollection('internetGateways', ['ownerId', 'vpcId']);
    await createCollection('routeTables', ['ownerId', 'vpcId']);
  },
};
