import { mkdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastWords } from '../../processes/log-tail.ts';
import type { OwnedProcesses } from '../../processes/owned-processes.ts';
import { socketPath } from '../../processes/unix-socket.ts';
import { connectWhenReady, QmpClient } from '../../qmp/client.ts';
import type { Engine, GuestExit, GuestSpec, GuestStart } from '../engine.ts';
import { commandLine, type GuestPaths, guestUuid } from './command-line.ts';
import { boundConsole, readConsole } from './console-log.ts';
import { firmwareOf, keepVariables } from './firmware.ts';
import { checkUuid, type GuestMonitor, holdStill, letRun, monitorGuest, takeOver } from './guest-monitor.ts';
import { plug, resizeDrive, unplug } from './hot-plug.ts';
import { plugNic, unplugNic } from './hot-plug-nic.ts';
import { type FindProgram, lackingFor } from './lacking.ts';
import { type Accelerator, acceleratorFor, machineOf } from './machines.ts';
import { checkLayout, checkVersion, type MachineLayout } from './memory/machine-layout.ts';
import { hasMemory, readMemory, removeMemory, writeMemory } from './memory/memory-file.ts';
import { describeMachine, endMigration, loadMemory, saveMemory, versionOf } from './memory/migration.ts';
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

/** A guest this server follows. */
interface Guest {
  monitor: GuestMonitor | undefined;
  /** We have asked for its end. */
  stopping: boolean;
  /** It has run; the end of one that never did is told by the error of `start`. */
  ran: boolean;
  /** Resolves when its end has been told. */
  gone: Promise<void>;
}

const prefix = 'qemu-';
const startDeadline = 30_000;
const adoptDeadline = 5_000;
const quitDeadline = 3_000;
/** A guest that still boots does not hear its power button: it is pressed again, after so many milliseconds. */
const pressInterval = 5_000;
const consoleInterval = 30_000;

/** Guests as QEMU processes of their own, spoken to over QMP. */
export function createQemuEngine(settings: QemuEngineSettings): QemuEngine {
  const { folder, runtimeFolder, processes, findProgram, log } = settings;
  for (const path of [folder, runtimeFolder]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const guests = new Map<string, Guest>();
  const starting = new Map<string, Promise<GuestStart>>();
  let listeners: Array<(instanceId: string, exit: GuestExit) => void> = [];

  const file = (instanceId: string, name: string) => join(folder, checked(instanceId), name);
  const paths = (instanceId: string): GuestPaths & { memory: string; memorySocket: string } => ({
    qmpSocket: socketPath(join(runtimeFolder, `${checked(instanceId)}.qemu`)),
    consoleSocket: socketPath(join(runtimeFolder, `${checked(instanceId)}.tty`)),
    consoleLog: file(instanceId, 'console.log'),
    memory: file(instanceId, 'memory'),
    memorySocket: socketPath(join(runtimeFolder, `${checked(instanceId)}.mem`)),
  });
  const isAlive = (instanceId: string) => processes.find(prefix + instanceId) !== undefined;
  const exited = (instanceId: string) => processes.exited(prefix + instanceId);
  const alive = () =>
    processes.list().flatMap(name => (name.startsWith(prefix) ? name.slice(prefix.length) : []));

  /** Follows a guest to its end, which is told once. */
  const follow = (instanceId: string, ran = true): Guest => {
    const already = guests.get(instanceId);
    if (already) return already;
    const tellEnd = async () => {
      await exited(instanceId);
      // The process may be gone before its last event is read.
      await guest.monitor?.qmp.closed;
      guests.delete(instanceId);
      const hasShutDown = guest.monitor?.hasShutDown;
      if (!guest.ran && !hasShutDown) return;
      const exit = guest.stopping ? 'stopped' : hasShutDown ? 'guest-shutdown' : 'crashed';
      for (const listener of listeners) listener(instanceId, exit);
    };
    const guest: Guest = {
      monitor: undefined,
      stopping: false,
      ran,
      gone: Promise.resolve().then(tellEnd),
    };
    guests.set(instanceId, guest);
    return guest;
  };

  const monitored = (instanceId: string, qmp: QmpClient) =>
    monitorGuest(
      qmp,
      message => log(`${instanceId}: ${message}`),
      () => void pullPlug(instanceId, qmp),
    );

  /** The guest's QMP connection, made anew where it was lost. */
  const connection = async (instanceId: string, timeoutMs = adoptDeadline): Promise<GuestMonitor> => {
    const guest = follow(instanceId);
    if (guest.monitor && !guest.monitor.qmp.isClosed) return guest.monitor;
    const qmp = await QmpClient.connect(paths(instanceId).qmpSocket, timeoutMs);
    try {
      await checkUuid(qmp, guestUuid(instanceId));
    } catch (error) {
      qmp.close();
      throw error;
    }
    guest.monitor = monitored(instanceId, qmp);
    return guest.monitor;
  };

  const running = async (instanceId: string): Promise<QmpClient> => {
    if (!isAlive(instanceId)) throw new Error(`${instanceId} does not run`);
    return (await connection(instanceId)).qmp;
  };

  /** `quit` lets QEMU flush what the guest has written; one that does not answer is killed. */
  const pullPlug = async (instanceId: string, qmp?: QmpClient): Promise<void> => {
    await qmp?.execute('quit', undefined, quitDeadline).catch(() => undefined);
    if (qmp) await Promise.race([exited(instanceId), delay(quitDeadline, undefined, { ref: false })]);
    await processes.stop(prefix + instanceId, { signal: 'SIGKILL' });
  };

  /** Its code, and the guest's own variables, which stay until the guest is forgotten. */
  const firmware = async (guest: GuestSpec): Promise<Pick<GuestPaths, 'firmware'>> => {
    const files = firmwareOf(guest);
    if (!files) return {};
    const variables = file(guest.instanceId, 'firmware-variables');
    await keepVariables(files.variables, variables);
    return { firmware: { code: files.code, variables } };
  };

  /**
   * Starts QEMU, and its CPU once `prepare` is done.
   * @param layout of the machine whose memory `prepare` loads
   */
  const launch = async (
    guest: GuestSpec,
    accelerator: Accelerator,
    layout?: MachineLayout,
    prepare?: (qmp: QmpClient) => Promise<void>,
  ): Promise<void> => {
    const { instanceId } = guest;
    const lacking = lackingFor(guest, findProgram);
    const qemu = findProgram(machineOf(guest).program);
    if (lacking || !qemu) throw new Error(lacking);
    await mkdir(join(folder, instanceId), { recursive: true, mode: 0o700 });
    const where = { ...paths(instanceId), ...(await firmware(guest)) };
    const argv = [...guest.nics[0]!.enter, qemu, ...commandLine(guest, where, accelerator, layout)];
    await boundConsole(where.consoleLog);
    const logFile = file(instanceId, 'qemu.log');
    await rm(logFile, { force: true });
    await processes.start({ name: prefix + instanceId, argv, logFile });
    const followed = follow(instanceId, false);
    try {
      const qmp = await connectWhenReady(where.qmpSocket, exited(instanceId), startDeadline);
      followed.monitor = monitored(instanceId, qmp);
      await prepare?.(qmp);
      await letRun(followed.monitor);
      followed.ran = true;
    } catch (cause) {
      // A guest that has already shut itself down did run.
      if (followed.monitor?.hasShutDown) return;
      await processes.stop(prefix + instanceId, { signal: 'SIGKILL' });
      await followed.gone;
      const words = await lastWords(logFile);
      if (cause instanceof MemoryUnusable) {
        log(`${instanceId}: QEMU ended over its memory: ${words}`);
        throw cause;
      }
      throw new Error(`QEMU of ${instanceId} did not start: ${words}`, { cause });
    }
  };

  /**
   * Goes on from memory on disk. It is there as long as the CPU has not run: it is removed, for good, between the last
   * byte's arrival in QEMU and the CPU's start. Whoever is killed before that leaves the memory and, at most, a QEMU that
   * has not run, which the next `start` ends; whoever is killed after it leaves a QEMU that is ready to run, and runs
   * at the next `start`. Should that QEMU die as well, the memory is lost, and the guest boots.
   */
  const resume = async (guest: GuestSpec, key: Uint8Array): Promise<void> => {
    const { instanceId } = guest;
    const { memory: path, memorySocket } = paths(instanceId);
    const memory = await readMemory({ path, instanceId, key });
    try {
      const machine = checkLayout(memory.about, guest);
      if (machine.accelerator !== settings.accelerator && machine.accelerator === 'kvm')
        throw new MemoryUnusable('it is of a machine that ran under KVM, which is not to be had any more');
      await launch(guest, machine.accelerator, machine, async qmp => {
        checkVersion(machine, await versionOf(qmp));
        await loadMemory(qmp, memorySocket, memory.body);
        await removeMemory(path);
      });
    } finally {
      await memory.close();
    }
  };

  const boot = async (guest: GuestSpec): Promise<void> => {
    const accelerator = acceleratorFor(guest, settings.accelerator);
    try {
      await launch(guest, accelerator);
    } catch (error) {
      if (accelerator !== 'kvm') throw error;
      log(`${guest.instanceId}: ${(error as Error).message}; trying without KVM`);
      await launch(guest, 'tcg');
    }
  };

  const start = async (guest: GuestSpec): Promise<GuestStart> => {
    const { instanceId, memoryKey } = guest;
    const { memory } = paths(instanceId);
    const isThere = await hasMemory(memory);
    if (isAlive(instanceId)) {
      if (!isThere) {
        await letRun(await connection(instanceId));
        return {};
      }
      // It has not run: whoever began to load its memory was killed.
      await kill(instanceId);
    }
    let memoryLost: string | undefined;
    if (memoryKey && !isThere) memoryLost = 'its memory is not there any more';
    if (memoryKey && isThere)
      try {
        await resume(guest, memoryKey);
        return {};
      } catch (error) {
        if (!(error instanceof MemoryUnusable)) throw error;
        memoryLost = error.message;
      }
    if (memoryLost) log(`${instanceId}: cannot go on where it was, and boots: ${memoryLost}`);
    await removeMemory(memory);
    await boot(guest);
    return memoryLost ? { memoryLost } : {};
  };

  /**
   * The CPU is stopped, and QEMU flushes the disks; memory is written and synced under another name; QEMU says that it was
   * all; the file gets its name; QEMU is ended. As long as a file has that name no CPU runs. Killed before it has, the
   * guest waits, stopped, for this to be done again; after it, QEMU is all that is left to be ended.
   */
  const hibernate = async (instanceId: string, key: Uint8Array): Promise<void> => {
    const { memory: path, memorySocket } = paths(instanceId);
    if (!(await hasMemory(path))) {
      if (!isAlive(instanceId)) throw new Error(`${instanceId} does not run`);
      const monitor = await connection(instanceId);
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
        if (isAlive(instanceId)) await letRun(monitor).catch(failure => log(`${instanceId}: ${failure}`));
        throw error;
      }
    }
    await kill(instanceId);
  };

  const kill = async (instanceId: string): Promise<void> => {
    if (!isAlive(instanceId)) return;
    const guest = follow(instanceId);
    guest.stopping = true;
    const monitor = await connection(instanceId, quitDeadline).catch(() => undefined);
    await pullPlug(instanceId, monitor?.qmp);
    await guest.gone;
  };

  const boundConsoles = setInterval(() => {
    for (const instanceId of guests.keys())
      boundConsole(file(instanceId, 'console.log')).catch(error => log(`${instanceId}: ${error}`));
  }, consoleInterval).unref();

  return {
    accelerator: settings.accelerator,
    hibernate,
    discardMemory: instanceId => removeMemory(paths(instanceId).memory),
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
    kill,
    async shutdown(instanceId, timeoutMs) {
      if (!isAlive(instanceId)) return;
      const guest = follow(instanceId);
      guest.stopping = true;
      const end = performance.now() + timeoutMs;
      while (isAlive(instanceId) && performance.now() < end) {
        const press = async () => (await connection(instanceId)).qmp.execute('system_powerdown');
        await press().catch(error => log(`${instanceId}: ${error}`));
        const patience = Math.min(pressInterval, end - performance.now());
        await Promise.race([guest.gone, delay(Math.max(patience, 0), undefined, { ref: false })]);
      }
      await kill(instanceId);
    },
    async interrupt(instanceId) {
      await (await running(instanceId)).execute('inject-nmi');
    },
    async reset(instanceId) {
      await (await running(instanceId)).execute('system_reset');
    },
    attach: async (instanceId, disk) => plug(await running(instanceId), disk),
    async detach(instanceId, volumeId, how) {
      if (!isAlive(instanceId)) return true;
      return unplug(await running(instanceId), volumeId, how);
    },
    attachNic: async (instanceId, nic) => plugNic(await running(instanceId), nic),
    async detachNic(instanceId, networkInterfaceId, how) {
      if (!isAlive(instanceId)) return true;
      return unplugNic(await running(instanceId), networkInterfaceId, how);
    },
    resizeDisk: async (instanceId, disk, resize) => resizeDrive(await running(instanceId), disk, resize),
    isRunning: async instanceId => isAlive(checked(instanceId)),
    async adopt() {
      const ids = alive();
      await Promise.all(
        ids.map(instanceId =>
          connection(instanceId)
            .then(takeOver)
            .catch(error => log(`${instanceId}: runs, but does not answer: ${error}`)),
        ),
      );
      return ids;
    },
    consoleOutput: instanceId => readConsole(file(instanceId, 'console.log')),
    async screenshot(instanceId, wake) {
      if (!isAlive(checked(instanceId))) return undefined;
      const { qmp } = await connection(instanceId);
      return takeScreenshot(qmp, file(instanceId, 'screen'), wake);
    },
    async forget(instanceId) {
      const { qmpSocket, consoleSocket } = paths(instanceId);
      await rm(join(folder, instanceId), { recursive: true, force: true });
      for (const path of [qmpSocket, consoleSocket]) await rm(path, { force: true });
    },
    onExit: listener => void listeners.push(listener),
    disconnect() {
      listeners = [];
      clearInterval(boundConsoles);
      for (const { monitor } of guests.values()) monitor?.qmp.close();
    },
  };
}

/** Instance ids become file names. */
function checked(instanceId: string): string {
  if (!/^i-[0-9a-f]{1,32}$/.test(instanceId)) throw new Error(`'${instanceId}' is not an instance id`);
  return instanceId;
}
