import { afterAll, beforeAll, describe } from 'vitest';
import { openRegionDatabase } from '../../../src/stores/records/open.ts';
import { jobRunnerContract } from '../../contract/job-runner.ts';
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts';

let cluster: PostgresCluster;
let databases = 0;

beforeAll(async () => {
  cluster = await startPostgres();
});
afterAll(async () => {
  await cluster?.stop();
});

describe('jobs in PostgreSQL', () => {
  jobRunnerContract(async () => {
    const name = `jobs_${++databases}`;
    const url = await cluster.createDatabase(name);
    return {
      records: await openRegionDatabase(url, 'us-east-1'),
      remove: async () => void (await cluster.psql(`drop database ${name}`)),
    };
  });
});
