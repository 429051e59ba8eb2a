import type { Migration } from './migration.ts';

export const regionCollectionsMigration: Migration = {
  name: '0001-region-collections',
  async up({ createCollection }) {
    await createCollection('images', ['ownerId', 'name', 'state', 'sourceInstanceId']);
    await createCollection('snapshots', ['ownerId', 'state', 'volumeId']);
    await createCollection('volumes', ['ownerId', 'state', 'snapshotId', 'instanceId']);
    await createCollection('instances', ['ownerId', 'state', 'reservationId', 'vpcId', 'imageId']);
    await createCollection('keyPairs', ['ownerId', 'keyName']);
    await createCollection('vpcs', ['ownerId']);
    await createCollection('subnets', ['ownerId', 'vpcId']);
    await createCollection('securityGroups', ['ownerId', 'vpcId', 'groupName']);
    await createCollection('tags', ['resourceId', 'accountId', 'resourceType']);
    await createCollection('clientTokens', ['resourceId']);
    await createCollection('jobs', ['state', 'kind', 'subject']);
  },
};
