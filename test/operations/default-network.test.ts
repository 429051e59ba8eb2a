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
  expect(await records.read.internetGateways.list()).toHaveLength(1);
  expect(await records.read.routeTables.list()).toHaveLength(1);
});

test('one from before there were route tables gets its way out, and nothing else', async () => {
  const { records } = testRegion();
  const vpc = { vpcId: 'vpc-1', ownerId: owner, cidrBlock: '172.31.0.0/16', isDefault: true };
  const subnet = { subnetId: 'subnet-1', vpcId: 'vpc-1', ownerId: owner, cidrBlock: '172.31.0.0/20' };
  await records.transaction(async writer => {
    await writer.vpcs.put(vpc);
    await writer.subnets.put({ ...subnet, availabilityZone: 'us-east-1a', defaultForAz: true });
  });
  for (let i = 0; i < 2; i++) await ensureDefaultNetwork(records, owner, ['us-east-1a'], newId);
  const [gateway] = await records.read.internetGateways.list({ vpcId: 'vpc-1' });
  expect(await records.read.routeTables.list()).toMatchObject([
    {
      vpcId: 'vpc-1',
      ownerId: owner,
      associations: [{}],
      routes: [{ destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway!.internetGatewayId }],
    },
  ]);
  expect(await records.read.vpcs.list()).toHaveLength(1);
  expect(await records.read.subnets.list()).toHaveLength(1);
});

test('a default subnet that its owner deleted is not made again', async () => {
  const { records } = testRegion();
  await ensureDefaultNetwork(records, owner, ['us-east-1a'], newId);
  const [subnet] = await records.read.subnets.list();
  await records.transaction(writer => writer.subnets.delete(subnet!.subnetId));
  await ensureDefaultNetwork(records, owner, ['us-east-1a'], newId);
  expect(await records.read.subnets.list()).toEqual([]);
});

test('a zone for which the VPC has no room left keeps nothing else from being served', async () => {
  const { records } = testRegion();
  await ensureDefaultNetwork(records, owner, ['us-east-1a'], newId);
  const [first] = await records.read.subnets.list();
  const whole = { ...first!, cidrBlock: '172.31.0.0/16', defaultForAz: false, subnetId: 'subnet-whole' };
  await records.transaction(writer => writer.subnets.put(whole));
  await ensureDefaultNetwork(records, owner, ['us-east-1a', 'us-east-1b'], newId);
  expect(await records.read.subnets.list()).toHaveLength(2);
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
