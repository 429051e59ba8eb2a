import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkHealth, healthWatch } from '../../src/jobs/guest-health.ts';
import { launched } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';

let region: JobRegion;
let instanceId: string;
beforeEach(async () => {
  region = await jobRegion();
  ({ instanceId } = await launched(region));
  region.silent.add(instanceId);
});
afterEach(() => region.close());

async function health(secondsLater = 0) {
  region.time = new Date(region.time.getTime() + secondsLater * 1000);
  await checkHealth(region.services);
  return (await region.records.read.instances.get(instanceId))!.health;
}

test('a guest is initializing until it answers on its address, and ok from then on', async () => {
  expect(await health()).toBe('initializing');
  region.silent.clear();
  expect(await health(2)).toBe('ok');
  expect((await region.records.read.instances.get(instanceId))?.healthSince).toBe(region.time.toISOString());
  region.silent.add(instanceId);
  expect(await health(1000)).toBe('ok');
});

test('a guest that has not answered for five minutes is impaired, and ok when it answers after all', async () => {
  expect(await health(300)).toBe('initializing');
  expect(await health(1)).toBe('impaired');
  region.silent.clear();
  expect(await health(1)).toBe('ok');
});

test('a guest whose console says that it cannot boot is impaired at once', async () => {
  region.engine.print(instanceId, 'Booting from Hard Disk...\r\nBoot failed: not a bootable disk\r\n');
  expect(await health(1)).toBe('impaired');
});

test('what was seen of a guest before it was started anew is not taken for the new one', async () => {
  const started = new Date(region.time.getTime() + 1000).toISOString();
  region.network.isReachable = async () => {
    await region.records.transaction(async writer =>
      writer.instances.put({ ...(await writer.instances.get(instanceId))!, healthSince: started }),
    );
    return true;
  };
  expect(await health(2)).toBe('initializing');
});

test('a guest that hangs is impaired the second time it does not answer, until it does again', async () => {
  region.silent.clear();
  expect(await health()).toBe('ok');
  const watch = healthWatch(region.services);
  const watched = async () => {
    await watch();
    return (await region.records.read.instances.get(instanceId))!.health;
  };
  region.silent.add(instanceId);
  expect(await watched()).toBe('ok');
  region.silent.clear();
  expect(await watched()).toBe('ok');
  region.silent.add(instanceId);
  expect(await watched()).toBe('ok');
  expect(await watched()).toBe('impaired');
  expect(await watched()).toBe('impaired');
  region.silent.clear();
  expect(await health()).toBe('ok');
});
