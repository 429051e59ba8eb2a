import { mkdir, rm } from 'node:fs/promises';
import { lastWords } from '../../processes/log-tail.ts';
import { connectWhenReady, type QmpClient } from '../../qmp/client.ts';
import type { GuestSpec } from '../engine.ts';
import { commandLine, type GuestPaths } from './command-line.ts';
import { boundConsole } from './console-log.ts';
import { firmwareOf, keepVariables } from './firmware.ts';
import type { GuestFiles } from './guest-files.ts';
import { letRun } from './guest-monitor.ts';
import type { GuestProcesses } from './guest-processes.ts';
import { type FindProgram, lackingFor } from './lacking.ts';
import { type Accelerator, machineOf } from './machines.ts';
import type { MachineLayout } from './memory/machine-layout.ts';
import { MemoryUnusable } from './memory/sealed-memory.ts';

/** What launching needs of the engine. */
export interface Launcher {
  guests: GuestProcesses;
  filesOf(instanceId: string): GuestFiles;
  findProgram: FindProgram;
  log(message: string): void;
}

export interface LaunchOptions {
  accelerator: Accelerator;
  /** Of the machine whose memory `prepare` loads. */
  layout?: MachineLayout;
  /** What is done before the CPU runs. */
  prepare?(qmp: QmpClient): Promise<void>;
}

const startDeadline = 30_000;

/** Starts QEMU, and its CPU once `prepare` is done. */
export async function launch(
  { guests, filesOf, findProgram, log }: Launcher,
  guest: GuestSpec,
  { accelerator, layout, prepare }: LaunchOptions,
): Promise<void> {
  const { instanceId } = guest;
  const lacking = lackingFor(guest, findProgram);
  const qemu = findProgram(machineOf(guest).program);
  if (lacking || !qemu) throw new Error(lacking);
  const files = filesOf(instanceId);
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  const where = { ...files, ...(await withFirmware(guest, files)) };
  const argv = [...guest.nics[0]!.enter, qemu, ...commandLine(guest, where, accelerator, layout)];
  await boundConsole(files.consoleLog);
  await rm(files.qemuLog, { force: true });
  await guests.start(instanceId, argv, files.qemuLog);
  const followed = guests.follow(instanceId, false);
  try {
    const qmp = await connectWhenReady(files.qmpSocket, guests.exited(instanceId), startDeadline);
    followed.monitor = guests.monitor(instanceId, qmp);
    await prepare?.(qmp);
    await letRun(followed.monitor);
    followed.ran = true;
  } catch (cause) {
    // A guest that has already shut itself down did run.
    if (followed.monitor?.hasShutDown) return;
    await guests.discard(instanceId);
    const words = await lastWords(files.qemuLog);
    if (cause instanceof MemoryUnusable) {
      log(`${instanceId}: QEMU ended over its memory: ${words}`);
      throw cause;
    }
    throw new Error(`QEMU of ${instanceId} did not start: ${words}`, { cause });
  }
}

/** Its code, and the guest's own variables, which stay until the guest is forgotten. */
async function withFirmware(
  guest: GuestSpec,
  { firmwareVariables: variables }: GuestFiles,
): Promise<Pick<GuestPaths, 'firmware'>> {
  const firmware = firmwareOf(guest);
  if (!firmware) return {};
  await keepVariables(firmware.variables, variables);
  return { firmware: { code: firmware.code, variables } };
}
