import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InvalidSetting } from '../src/config.ts';
import { readOrganizations } from '../src/organizations-file.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('a file of organisations is read, and one that cannot be is named with what is wrong', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'organizations.json');
  const account = '111111111111';
  writeFileSync(
    file,
    JSON.stringify({ organizations: [{ id: 'o-abcdefghij', managementAccountId: account }] }),
  );
  expect(readOrganizations(file)).toEqual([
    { id: 'o-abcdefghij', managementAccountId: account, accountIds: [], units: [] },
  ]);
  expect(readOrganizations(undefined)).toEqual([]);
  writeFileSync(file, '{');
  expect(() => readOrganizations(file)).toThrow(InvalidSetting);
  expect(() => readOrganizations(`${file}.absent`)).toThrow(`${file}.absent, cannot be used: ENOENT`);
});
