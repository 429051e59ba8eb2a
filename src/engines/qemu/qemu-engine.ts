import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { OwnedProcesses } from '../../processes/owned-processes.ts';
import type { Engine, GuestSpec, GuestStart } from '../engine.ts';
import { boundConsole, readConsole } from './console-log.ts';
import { guestFiles } from './guest-files.ts';
import { letRun, takeOver } from './guest-monitor.ts';
import { guestProcesses } from './guest-processes.ts';
import { plug, resizeDrive, unplug } from './hot-plug.ts';
import { plugNic, unplugNic } from './hot-plug-nic.ts';
import { type FindProgram, lackingFor } from './lacking.ts';
import { type Launcher, launch } from './launch.ts';
import { type Accelerator, acceleratorFor } from './machines.ts';
import { hibernate, resume } from './memory/hibernation.ts';
import { hasMemory, removeMemory } from './memory/memory-file.ts';
import { MemoryUnusable } from './memory/sealed-memory.ts';
import { takeScreenshot } from './screenshot.ts';

export interface QemuEngineSettings {
  /** The region's guests' logs: `DATA/<region>/instances`. */
  folder: string;
  /** Short and private to this server: sockets. */
  runtimeFolder: string;
  processes: OwnedProcesses;
  /** As `probeAccelerator` answered, for guests of the host's own architecture. */
  accelerator: Accelerator;
  findProgram: FindProgram;
  log(message: string): void;
}

export interface QemuEngine extends Engine {
  /** Lets go of the guests, which go on: before the server ends, or another one takes over. */
  disconnect(): void;
}

/** A guest that still boots does not hear its power button: it is pressed again, after so many milliseconds. */
const pressInterval = 5_000;
const consoleInterval = 30_000;

/** Guests as QEMU processes of their own, spoken to over QMP. */
export function createQemuEngine(settings: QemuEngineSettings): QemuEngine {
  const { folder, runtimeFolder, processes, findProgram, log } = settings;
  for (const path of [folder, runtimeFolder]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const filesOf = (instanceId: string) => guestFiles(folder, runtimeFolder, instanceId);
  const guests = guestProcesses(processes, filesOf, log);
  const launcher: Launcher = { guests, filesOf, findProgram, log };
  const starting = new Map<string, Promise<GuestStart>>();

  const boot = async (guest: GuestSpec): Promise<void> => {
    const accelerator = acceleratorFor(guest, settings.accelerator);
    try {
      await launch(launcher, guest, { accelerator });
    } catch (error) {
      if (accelerator !== 'kvm') throw error;
      log(`${guest.instanceId}: ${(error as Error).message}; trying without KVM`);
      await launch(launcher, guest, { accelerator: 'tcg' });
    }
  };

  /** Goes on where the guest was; answers why that cannot be, where it has to boot. */
  const goOn = async (guest: GuestSpec, key: Uint8Array, isThere: boolean): Promise<string | undefined> => {
    if (!isThere) return 'its memory is not there any more';
    try {
      await resume(launcher, guest, key, settings.accelerator);
      return undefined;
    } catch (error) {
      if (error instanceof MemoryUnusable) return error.message;
      throw error;
    }
  };

  const start = async (guest: GuestSpec): Promise<GuestStart> => {
    const { instanceId, memoryKey } = guest;
    const { memory } = filesOf(instanceId);
    const isThere = await hasMemory(memory);
    if (guests.isAlive(instanceId)) {
      if (!isThere) {
        await letRun(await guests.connection(instanceId));
        return {};
      }
      // It has not run: whoever began to load its memory was killed.
      await guests.kill(instanceId);
    }
    const memoryLost = memoryKey && (await goOn(guest, memoryKey, isThere));
    if (memoryKey && memoryLost === undefined) return {};
    if (memoryLost) log(`${instanceId}: cannot go on where it was, and boots: ${memoryLost}`);
    await removeMemory(memory);
    await boot(guest);
    return memoryLost ? { memoryLost } : {};
  };

  const boundConsoles = setInterval(() => {
    for (const instanceId of guests.followed())
      boundConsole(filesOf(instanceId).consoleLog).catch(error => log(`${instanceId}: ${error}`));
  }, consoleInterval).unref();

  return {
    accelerator: settings.accelerator,
    hibernate: (instanceId, key) => hibernate(launcher, instanceId, key),
    discardMemory: instanceId => removeMemory(filesOf(instanceId).memory),
    lacking: async guest => lackingFor(guest, findProgram),
    async start(guest) {
      const under = starting.get(guest.instanceId) ?? start(guest);
      starting.set(guest.instanceId, under);
      try {
        return await under;
      } finally {
        if (starting.get(guest.instanceId) === under) starting.delete(guest.instanceId);
      }
    },
    kill: guests.kill,
    async shutdown(instanceId, timeoutMs) {
      if (!guests.isAlive(instanceId)) return;
      const guest = guests.follow(instanceId);
      guest.stopping = true;
      const end = performance.now() + timeoutMs;
      while (guests.isAlive(instanceId) && performance.now() < end) {
        const press = async () => (await guests.connection(instanceId)).qmp.execute('system_powerdown');
        await press().catch(error => log(`${instanceId}: ${error}`));
        const patience = Math.min(pressInterval, end - performance.now());
        await Promise.race([guest.gone, delay(Math.max(patience, 0), undefined, { ref: false })]);
      }
      await guests.kill(instanceId);
    },
    async interrupt(instanceId) {
      await (await guests.running(instanceId)).execute('inject-nmi');
    },
    async reset(instanceId) {
      await (await guests.running(instanceId)).execute('system_reset');
    },
    attach: async (instanceId, disk) => plug(await guests.running(instanceId), disk),
    async detach(instanceId, volumeId, how) {
      if (!guests.isAlive(instanceId)) return true;
      return unplug(await guests.running(instanceId), volumeId, how);
    },
    attachNic: async (instanceId, nic) => plugNic(await guests.running(instanceId), nic),
    async detachNic(instanceId, networkInterfaceId, how) {
      if (!guests.isAlive(instanceId)) return true;
      return unplugNic(await guests.running(instanceId), networkInterfaceId, how);
    },
    resizeDisk: async (instanceId, disk, resize) =>
      resizeDrive(await guests.running(instanceId), disk, resize),
    isRunning: async instanceId => guests.isAlive(instanceId),
    async adopt() {
      const ids = guests.alive();
      await Promise.all(
        ids.map(instanceId =>
          guests
            .connection(instanceId)
            .then(takeOver)
            .catch(error => log(`${instanceId}: runs, but does not answer: ${error}`)),
        ),
      );
      return ids;
    },
    consoleOutput: async instanceId => readConsole(filesOf(instanceId).consoleLog),
    async screenshot(instanceId, wake) {
      if (!guests.isAlive(instanceId)) return undefined;
      const { qmp } = await guests.connection(instanceId);
      return takeScreenshot(qmp, filesOf(instanceId).screen, wake);
    },
    async forget(instanceId) {
      const { folder: own, qmpSocket, consoleSocket } = filesOf(instanceId);
      await rm(own, { recursive: true, force: true });
      for (const path of [qmpSocket, consoleSocket]) await rm(path, { force: true });
    },
    onExit: guests.onExit,
    disconnect() {
      clearInterval(boundConsoles);
      guests.disconnect();
    },
  };
}
