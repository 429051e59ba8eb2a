import { afterEach, beforeEach, describe } from 'vitest';
import { localPackStorage } from '../../../../src/stores/blocks/local/files/local-pack-storage.ts';
import { packStorageContract } from '../../../contract/pack-storage.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('packs in a folder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  packStorageContract(async () => localPackStorage(folder.path));
});
