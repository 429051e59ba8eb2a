import { beforeEach, expect, test } from 'vitest';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { startInstances } from '../../../src/operations/ec2/start-instances.ts';
import { type TestRegion, testRegion } from '../region.ts';
import { change, imageId, launch, putImage, refusal } from './launch-fixtures.ts';

const remedy =
  'This host cannot run arm64 instances yet: run "apt-get install qemu-system-arm" on it as root.';
const one = { ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't4g.micro' };
const refused = {
  code: 'Unsupported',
  message: `The requested configuration is currently not supported. ${remedy}`,
};
let isInstalled: boolean;
let asked: string[];
let region: TestRegion;

beforeEach(async () => {
  isInstalled = false;
  asked = [];
  region = testRegion({
    lacking({ architecture, firmware }) {
      asked.push(`${architecture} ${firmware}`);
      return architecture === 'arm64' && !isInstalled ? remedy : undefined;
    },
  });
  await putImage(region, { architecture: 'arm64' });
});

test('a launch that the host cannot run is refused with the remedy, and leaves nothing', async () => {
  await refusal(region, runInstances, one, refused);
  expect(await region.records.read.instances.list()).toEqual([]);
  isInstalled = true;
  expect(await launch(region, one)).toHaveLength(1);
  expect(asked).toEqual(['arm64 uefi', 'arm64 uefi']);
});

test('so is the start of an instance whose host has lost what it takes', async () => {
  isInstalled = true;
  const [instance] = await launch(region, one);
  const InstanceIds = [instance!.InstanceId!];
  await change(region, InstanceIds[0]!, { state: 'stopped' });
  isInstalled = false;
  await refusal(region, startInstances, { InstanceIds }, refused);
  expect(await region.records.read.instances.get(InstanceIds[0]!)).toMatchObject({ state: 'stopped' });
  isInstalled = true;
  expect(await region.call(startInstances, { InstanceIds })).toMatchObject({
    StartingInstances: [{ CurrentState: { Name: 'pending' } }],
  });
});

test('the host is asked for the firmware that image and type lead to', async () => {
  await putImage(region, { architecture: 'x86_64', bootMode: 'uefi-preferred' });
  for (const InstanceType of ['t3.micro', 't2.micro']) await launch(region, { ...one, InstanceType });
  await putImage(region, { architecture: 'x86_64', bootMode: undefined });
  await launch(region, { ...one, InstanceType: 't3.micro' });
  expect(asked).toEqual(['x86_64 uefi', 'x86_64 legacy-bios', 'x86_64 legacy-bios']);
});
