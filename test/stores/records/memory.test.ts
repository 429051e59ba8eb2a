import { describe } from 'vitest';
import { regionCollections } from '../../../src/stores/records/collections.ts';
import { memoryDatabase } from '../../../src/stores/records/memory.ts';
import { databaseContract } from '../../contract/database.ts';

describe('records in memory', () => {
  databaseContract(async () => ({ records: memoryDatabase(regionCollections), remove: async () => {} }));
});
