import { describe } from 'vitest';
import { memoryObjects } from '../../../src/stores/objects/memory.ts';
import { objectStoreContract } from '../../contract/object-store.ts';

describe('objects in memory', () => {
  objectStoreContract(async () => memoryObjects());
});
