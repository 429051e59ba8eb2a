import { join } from 'node:path';
import { createQemuDisks } from '../../src/disks/qemu-disks.ts';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';

/** Milliseconds from nothing to overlays over a snapshot that QEMU may open, once a round. */
export async function timesToOpen(
  folder: string,
  blocksSocket: string,
  { snapshotId, size, rounds }: { snapshotId: string; size: number; rounds: number },
): Promise<number[]> {
  const disks = createQemuDisks({
    folder: join(folder, 'volumes'),
    runtimeFolder: join(folder, 'run'),
    processes: ownedProcesses(join(folder, 'processes')),
    blocksSocket,
    programs: { qemuStorageDaemon: '/usr/bin/qemu-storage-daemon', qemuImg: '/usr/bin/qemu-img' },
    log: () => undefined,
  });
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const volume = { volumeId: `vol-${snapshotId}-${round}`, size, snapshotId };
    const begun = performance.now();
    await disks.create(volume);
    await disks.open(`i-${round}`, [volume]);
    times.push(performance.now() - begun);
    await disks.close(`i-${round}`);
    await disks.delete(volume.volumeId);
  }
  disks.disconnect();
  return times;
}
