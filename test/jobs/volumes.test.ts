import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryDisks, type MemoryDisks } from '../../src/disks/memory.ts';
import { GiB } from '../../src/domain/volume.ts';
import { createMemoryEngine } from '../../src/engines/memory.ts';
import { createVolume } from '../../src/jobs/create-volume.ts';
import { PermanentFailure, type RunningJob } from '../../src/jobs/job.ts';
import { keyedLock } from '../../src/jobs/keyed-lock.ts';
import { modifyVolume } from '../../src/jobs/modify-volume.ts';
import type { JobServices } from '../../src/jobs/services.ts';
import { memoryBlockStore } from '../../src/stores/blocks/memory.ts';
import { regionCollections } from '../../src/stores/records/collections.ts';
import { memoryDatabase } from '../../src/stores/records/memory.ts';
import { attachedTo, aVolume, hexId } from '../support/records.ts';

const volumeId = hexId('vol', 1);
const snapshotId = hexId('snap', 1);
const spec = (size: number) => ({ volumeId, size: size * GiB });

let services: JobServices;
let disks: MemoryDisks;

beforeEach(() => {
  disks = createMemoryDisks();
  services = {
    records: memoryDatabase(regionCollections),
    blocks: memoryBlockStore(),
    disks,
    engine: createMemoryEngine(),
    locks: keyedLock(),
    log: { info() {}, error() {} },
    now: () => new Date('2026-05-10T13:17:12.000Z'),
  } as unknown as JobServices;
});

const job = { input: { volumeId } } as RunningJob<{ volumeId: string }>;
const put = (fields: Parameters<typeof aVolume>[0]) =>
  services.records.transaction(records => records.volumes.put(aVolume(fields)));
const volume = () => services.records.read.volumes.get(volumeId);

describe('create-volume', () => {
  test('makes the overlay, and the volume is available', async () => {
    await put({ state: 'creating' });
    await createVolume.run(job, services);
    await createVolume.run(job, services);
    expect(await disks.list()).toEqual([volumeId]);
    expect((await volume())?.state).toBe('available');
  });

  test('fails where the blocks of the snapshot are gone, and leaves the volume in error', async () => {
    await put({ state: 'creating', snapshotId });
    const failure = await createVolume.run(job, services).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(await disks.list()).toEqual([]);
    await createVolume.failed(job, failure as Error, services);
    expect((await volume())?.state).toBe('error');
  });

  test('leaves a volume alone that is no longer being created', async () => {
    await put({ state: 'deleting' });
    await createVolume.run(job, services);
    await createVolume.failed(job, new Error('no'), services);
    expect(await disks.list()).toEqual([]);
    expect((await volume())?.state).toBe('deleting');
  });
});

describe('modify-volume', () => {
  const modification = {
    state: 'modifying' as const,
    startTime: '2026-05-10T13:00:00.000Z',
    original: { volumeSize: 8, volumeType: 'io1' as const, iops: 100 },
    target: { volumeSize: 20, volumeType: 'gp2' as const },
  };

  test('grows the overlay, and the modification is completed', async () => {
    await disks.create(spec(8));
    await put({ size: 20, modification });
    await modifyVolume.run(job, services);
    await modifyVolume.run(job, services);
    await expect(disks.resize(spec(8))).rejects.toThrow('cannot shrink');
    expect((await volume())?.modification).toEqual({
      ...modification,
      state: 'completed',
      endTime: '2026-05-10T13:17:12.000Z',
    });
  });

  test('closes what is open without being used, of the stopped instance or of the volume itself', async () => {
    await disks.create(spec(8));
    for (const [size, holderId] of [
      [20, volumeId],
      [30, hexId('i', 1)],
    ] as const) {
      await disks.open(holderId, [spec(size)]);
      await put({ size, modification, ...(holderId !== volumeId && attachedTo(holderId, '/dev/xvda')) });
      await modifyVolume.run(job, services);
      expect(await disks.holders()).toEqual([]);
    }
  });

  test('that fails for good gives the volume back the shape it had', async () => {
    await put({ size: 20, modification });
    await modifyVolume.failed(job, new Error('No space left on device'), services);
    expect(await volume()).toEqual(
      aVolume({
        size: 8,
        volumeType: 'io1',
        iops: 100,
        modification: {
          ...modification,
          state: 'failed',
          statusMessage: 'No space left on device',
          endTime: '2026-05-10T13:17:12.000Z',
        },
      }),
    );
  });
});
