import { expect, test } from 'vitest';
import { defaultNetwork, ensureDefaultNetwork } from '../../src/operations/default-network.ts';
import { owner, testRegion } from './region.ts';

let count = 0;
const newId = (prefix: string) => `${prefix}-${String(count++).padStart(17, '0')}`;

test('the default network is made once, however often and at once it is asked for', async () => {
  const { records } = testRegion();
  const zones = ['us-east-1a', 'us-east-1b'];
  await Promise.all([1, 2, 3].map(() => ensureDefaultNetwork(records, owner, zones, newId)));
  await ensureDefaultNetwork(records, owner, zones, newId);
  expect(await records.read.vpcs.list()).toHaveLength(1);
  expect(await records.read.subnets.list()).toHaveLength(2);
  expect(await records.read.securityGroups.list()).toHaveLength(1);
});

test('a zone that is added later gets its subnet, beside the others', async () => {
  const { records } = testRegion();
  await ensureDefaultNetwork(records, owner, ['us-east-1a'], newId);
  await ensureDefaultNetwork(records, owner, ['us-east-1a', 'us-east-1b'], newId);
  const subnets = await records.read.subnets.list();
  expect(subnets.map(subnet => subnet.cidrBlock).sort()).toEqual(['172.31.0.0/20', '172.31.16.0/20']);
});

test('inside a transaction it is rolled back with it', async () => {
  const { records } = testRegion();
  await expect(
    records.transaction(async writer => {
      await defaultNetwork(writer, owner, ['us-east-1a'], newId);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await records.read.vpcs.list()).toEqual([]);
});
