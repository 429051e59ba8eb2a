import { describe } from 'vitest';
import { regionCollections } from '../../src/stores/records/collections.ts';
import { memoryDatabase } from '../../src/stores/records/memory.ts';
import { openRegionDatabase } from '../../src/stores/records/open.ts';
import { jobRunnerContract } from '../contract/job-runner.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('jobs in memory', () => {
  jobRunnerContract(async () => ({ records: memoryDatabase(regionCollections), remove: async () => {} }));
});

describe('jobs in SQLite', () => {
  jobRunnerContract(async () => {
    const { path, remove } = await temporaryFolder();
    return { records: await openRegionDatabase(`sqlite:${path}`, 'us-east-1'), remove };
  });
});
