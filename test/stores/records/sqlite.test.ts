import { describe } from 'vitest';
import { openRegionDatabase } from '../../../src/stores/records/open.ts';
import { databaseContract, durableDatabaseContract } from '../../contract/database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function make() {
  const { path, remove } = await temporaryFolder();
  return { open: () => openRegionDatabase(`sqlite:${path}`, 'us-east-1'), remove };
}

describe('records in SQLite', () => {
  databaseContract(async () => {
    const { open, remove } = await make();
    return { records: await open(), remove };
  });
  durableDatabaseContract(make);
});
