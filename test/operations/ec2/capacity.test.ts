import { beforeEach, expect, test } from 'vitest';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { startInstances } from '../../../src/operations/ec2/start-instances.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { change, imageId, instanceIn, launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
const input = { ImageId: imageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 };
const full = { code: 'InsufficientInstanceCapacity', status: 500 };

beforeEach(async () => {
  region = testRegion({ guestMemoryMiB: 3 * 1024 });
  await putImage(region, { launchPermissions: [{ group: 'all' }] });
});

test('as many are launched as fit, if they are enough', async () => {
  expect(await launch(region, { MinCount: 2, MaxCount: 9 })).toHaveLength(3);
  expect(region.jobs).toHaveLength(3);
});

test('none is launched where too few fit', async () => {
  await refusal(
    region,
    runInstances,
    { ...input, MinCount: 4, MaxCount: 9 },
    {
      ...full,
      message: expect.stringMatching(
        /^We currently do not have sufficient t3\.micro capacity in the Availability Zone you requested \(us-east-1a\)\. /,
      ),
    },
  );
  expect(await region.records.read.instances.list()).toEqual([]);
  await refusal(region, runInstances, { ...input, InstanceType: 'm5.large' }, full);
});

test('instances of all accounts count, those that are off do not', async () => {
  await region.call(runInstances, { ...input, MaxCount: 2 }, stranger);
  await instanceIn(region, 'running');
  await refusal(region, runInstances, input, full);
  for (const { instanceId } of await region.records.read.instances.list())
    await change(region, instanceId, { state: 'stopped' });
  expect(await launch(region, { MaxCount: 9 })).toHaveLength(3);
});

test('a start needs room for all that it starts', async () => {
  const first = await instanceIn(region, 'stopped');
  const second = await instanceIn(region, 'stopped');
  await launch(region, { MaxCount: 2 });
  await refusal(region, startInstances, { InstanceIds: [first, second] }, full);
  await region.call(startInstances, { InstanceIds: [first] });
  // One that runs already needs none.
  await region.call(startInstances, { InstanceIds: [first] });
});
