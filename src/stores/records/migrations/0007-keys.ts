import { regionCollections } from '../collections.ts';
import type { Migration } from './migration.ts';

/** Images, snapshots and tags found by keys, in the order of listings. */
export const keysMigration: Migration = {
  name: '0007-keys',
  async up({ indexKeys }) {
    await indexKeys('images', regionCollections.images);
    await indexKeys('snapshots', regionCollections.snapshots);
    await indexKeys('tags', regionCollections.tags);
  },
};
