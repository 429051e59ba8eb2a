/** Guests that leave their memory on disk, and go on from it. */
import type { GuestSpec } from '../../engine.ts';
import { holdStill, letRun } from '../guest-monitor.ts';
import { type Launcher, launch } from '../launch.ts';
import type { Accelerator } from '../machines.ts';
import { checkLayout, checkVersion } from './machine-layout.ts';
import { hasMemory, readMemory, removeMemory, writeMemory } from './memory-file.ts';
import { describeMachine, endMigration, loadMemory, saveMemory, versionOf } from './migration.ts';
import { MemoryUnusable } from './sealed-memory.ts';

/**
 * The CPU is stopped, and QEMU flushes the disks; memory is written and synced under another name; QEMU says that it was
 * all; the file gets its name; QEMU is ended. As long as a file has that name no CPU runs. Killed before it has, the
 * guest waits, stopped, for this to be done again; after it, QEMU is all that is left to be ended.
 */
export async function hibernate(
  { guests, filesOf, log }: Launcher,
  instanceId: string,
  key: Uint8Array,
): Promise<void> {
  const { memory: path, memorySocket } = filesOf(instanceId);
  if (!(await hasMemory(path))) {
    if (!guests.isAlive(instanceId)) throw new Error(`${instanceId} does not run`);
    const monitor = await guests.connection(instanceId);
    const { qmp } = monitor;
    try {
      await endMigration(qmp);
      await holdStill(monitor);
      const machine = await describeMachine(qmp);
      await saveMemory(qmp, memorySocket, (memory, isWhole) =>
        writeMemory({ path, instanceId, key }, machine, memory, isWhole),
      );
    } catch (error) {
      await removeMemory(path);
      monitor.held = false;
      if (guests.isAlive(instanceId))
        await letRun(monitor).catch(failure => log(`${instanceId}: ${failure}`));
      throw error;
    }
  }
  await guests.kill(instanceId);
}

/**
 * Goes on from memory on disk. It is there as long as the CPU has not run: it is removed, for good, between the last
 * byte's arrival in QEMU and the CPU's start. Whoever is killed before that leaves the memory and, at most, a QEMU that
 * has not run, which the next start ends; whoever is killed after it leaves a QEMU that is ready to run, and runs
 * at the next start. Should that QEMU die as well, the memory is lost, and the guest boots.
 * @throws MemoryUnusable where the guest has to boot instead
 */
export async function resume(
  launcher: Launcher,
  guest: GuestSpec,
  key: Uint8Array,
  offered: Accelerator,
): Promise<void> {
  const { instanceId } = guest;
  const { memory: path, memorySocket } = launcher.filesOf(instanceId);
  const memory = await readMemory({ path, instanceId, key });
  try {
    const layout = checkLayout(memory.about, guest);
    const { accelerator } = layout;
    if (accelerator !== offered && accelerator === 'kvm')
      throw new MemoryUnusable('it is of a machine that ran under KVM, which is not to be had any more');
    await launch(launcher, guest, {
      accelerator,
      layout,
      async prepare(qmp) {
        checkVersion(layout, await versionOf(qmp));
        await loadMemory(qmp, memorySocket, memory.body);
        await removeMemory(path);
      },
    });
  } finally {
    await memory.close();
  }
}
