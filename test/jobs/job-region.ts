import { createMemoryDisks, type MemoryDisks } from '../../src/disks/memory.ts';
import { blockSize } from '../../src/domain/manifest.ts';
import { GiB } from '../../src/domain/volume.ts';
import { createMemoryEngine, type MemoryEngine } from '../../src/engines/memory.ts';
import { type MemoryImporter, memoryImporter } from '../../src/imports/memory.ts';
import { onDisksLost, onGuestExit } from '../../src/jobs/guest-exits.ts';
import { jobKinds } from '../../src/jobs/index.ts';
import { keyedLock } from '../../src/jobs/keyed-lock.ts';
import { createJobQueue } from '../../src/jobs/queue.ts';
import { reconcile } from '../../src/jobs/reconcile.ts';
import { createJobRunner, type JobRunner } from '../../src/jobs/runner.ts';
import type { JobServices } from '../../src/jobs/services.ts';
import { memoryNetwork } from '../../src/networks/memory.ts';
import type { BlockStore } from '../../src/stores/blocks/block-store.ts';
import { memoryBlockStore } from '../../src/stores/blocks/memory.ts';
import { type TestRegion, testRegion } from '../operations/region.ts';
import { aLife, type Life, mortal } from './mortal.ts';

/** A region of memory parts in which jobs run. Guests and disks outlive its server, as processes do. */
export interface JobRegion extends TestRegion {
  blocks: BlockStore;
  disks: MemoryDisks;
  engine: MemoryEngine;
  imports: MemoryImporter;
  network: ReturnType<typeof memoryNetwork>;
  /** Those of the server that is up; a test may replace their methods. */
  services: JobServices;
  /** Instances whose guests do not answer. */
  silent: Set<string>;
  /** Waits until nothing is left to do. */
  settle(): Promise<void>;
  /** The server is gone at once, in the middle of anything. */
  crash(): void;
  /** Starts another server a minute later; the one before it has died or is idle. */
  restart(life?: Life): Promise<void>;
  /** Reads what a snapshot holds. */
  snapshotBytes(snapshotId: string, offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

const log = { info() {}, error() {} };
/** Signing has tests of its own. */
const noSignatures = () => ({ signature: '', rsa2048: '', pkcs7: '' });

/** A first server is up when it returns. */
export async function jobRegion(life = aLife()): Promise<JobRegion> {
  const blocks = memoryBlockStore();
  const snapshotBytes = async (snapshotId: string, offset: number, length: number) => {
    const manifest = await blocks.openManifest(snapshotId);
    if (!manifest) throw new Error(`${snapshotId} has no manifest`);
    const parts: Buffer[] = [];
    for (let at = offset; at < offset + length; ) {
      const index = Math.floor(at / blockSize);
      const reference = await manifest.at(index);
      const block = reference ? await blocks.read(reference) : Buffer.alloc(blockSize);
      const part = block.subarray(at - index * blockSize, offset + length - index * blockSize);
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  };
  const disks = createMemoryDisks(snapshotBytes);
  const engine = strict(createMemoryEngine());
  const silent = new Set<string>();
  const network = memoryNetwork(instanceId => !silent.has(instanceId));
  const imports = memoryImporter();
  const api = testRegion({ blocks });
  const runners: JobRunner[] = [];
  const events: Promise<void>[] = [];
  let current: Life;

  const region: JobRegion = Object.assign(api, {
    ...{ blocks, disks, engine, imports, network, silent, snapshotBytes },
    services: undefined as unknown as JobServices,
    async settle() {
      do {
        await Promise.all(events.splice(0));
        await handOver();
        await runners.at(-1)!.idle();
      } while (events.length > 0);
    },
    crash: () => current.end(),
    async restart(next = aLife()) {
      const now = () => region.time;
      region.time = new Date(region.time.getTime() + 60_000);
      events.length = 0;
      void runners.at(-1)?.stop();
      current = next;
      const queue = createJobQueue({ now });
      const parts = mortal({ records: api.records, blocks, disks, engine, imports, network }, next);
      region.services = {
        ...{ region: 'us-east-1', ...parts, jobs: queue, locks: keyedLock() },
        identity: { sign: noSignatures },
        ...{ log, shutdownTimeout: 1000, now },
      };
      const runner = createJobRunner({
        ...{ records: parts.records, queue, services: region.services, now, log },
        kinds: jobKinds,
        runnerId: `runner-${runners.length}`,
        takeOver: true,
        poll: 3_600_000,
        backoff: () => 0,
        grace: 0,
      });
      runners.push(runner);
      const start = async () => {
        await reconcile(region.services);
        await runner.start();
      };
      await Promise.race([start(), next.death]);
    },
    async close() {
      // Those before it are dead, or ended when they were replaced.
      await Promise.race([runners.at(-1)!.stop(), current.death]);
    },
  });

  /** Enqueues what operations have asked for. */
  const handOver = async () => {
    const { jobs } = region.services;
    for (const { kind, subject, input } of api.jobs.splice(0))
      await api.records.transaction(writer => jobs.enqueue(writer, kind, subject, input as never));
    jobs.wake();
  };
  const call = api.call;
  region.call = async (...args: Parameters<typeof call>) => {
    const answer = await call(...args);
    await handOver();
    return answer as never;
  };
  engine.onExit((instanceId, exit) => {
    events.push(onGuestExit(region.services, instanceId, exit));
  });
  disks.onLost(holderId => {
    events.push(onDisksLost(region.services, holderId));
  });
  await region.restart(life);
  return region;
}

/** Refuses what is no instance id, as the engine that runs QEMU does. */
function strict(engine: MemoryEngine): MemoryEngine {
  const { isRunning } = engine;
  engine.isRunning = async id => {
    if (!id.startsWith('i-')) throw new Error(`'${id}' is not an instance id`);
    return isRunning(id);
  };
  return engine;
}

/** Gives a snapshot blocks: at each index one filled with the byte. */
export async function putManifest(
  region: Pick<JobRegion, 'blocks'>,
  snapshotId: string,
  blocks: Record<number, number> = {},
): Promise<void> {
  const session = await region.blocks.openSession(snapshotId, 'test');
  for (const [index, byte] of Object.entries(blocks))
    await session.put(Number(index), Buffer.alloc(blockSize, byte));
  await session.commit({ snapshotId, volumeSize: 8 * GiB });
}
