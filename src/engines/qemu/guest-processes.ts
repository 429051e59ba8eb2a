/** The QEMU processes of guests: found, spoken to, followed to their end, and ended. */
import { setTimeout as delay } from 'node:timers/promises';
import type { OwnedProcesses } from '../../processes/owned-processes.ts';
import { QmpClient } from '../../qmp/client.ts';
import type { GuestExit } from '../engine.ts';
import { guestUuid } from './command-line.ts';
import type { GuestFiles } from './guest-files.ts';
import { checkUuid, type GuestMonitor, monitorGuest } from './guest-monitor.ts';

/** A guest this server follows. */
export interface Guest {
  monitor: GuestMonitor | undefined;
  /** We have asked for its end. */
  stopping: boolean;
  /** It has run; the end of one that never did is told by the error of its start. */
  ran: boolean;
  /** Resolves when its end has been told. */
  gone: Promise<void>;
}

export interface GuestProcesses {
  /** Of the guests whose process lives. */
  alive(): string[];
  isAlive(instanceId: string): boolean;
  /** Of the guests that are followed. */
  followed(): string[];
  start(instanceId: string, argv: readonly string[], logFile: string): Promise<void>;
  /** Resolves when the process is gone. */
  exited(instanceId: string): Promise<void>;
  /** Follows a guest to its end, which is told once. */
  follow(instanceId: string, ran?: boolean): Guest;
  monitor(instanceId: string, qmp: QmpClient): GuestMonitor;
  /** The guest's monitor, connected anew where it was lost. */
  connection(instanceId: string, timeoutMs?: number): Promise<GuestMonitor>;
  /** @throws when the guest does not run */
  running(instanceId: string): Promise<QmpClient>;
  /** Pulls the plug, and waits until that has been told. Absent is no error. */
  kill(instanceId: string): Promise<void>;
  /** The same for one that has not run yet: nobody is told. */
  discard(instanceId: string): Promise<void>;
  onExit(listener: (instanceId: string, exit: GuestExit) => void): void;
  /** Lets go of the guests, which go on. */
  disconnect(): void;
}

const prefix = 'qemu-';
const answerDeadline = 5_000;
const quitDeadline = 3_000;

export function guestProcesses(
  processes: OwnedProcesses,
  filesOf: (instanceId: string) => GuestFiles,
  log: (message: string) => void,
): GuestProcesses {
  const guests = new Map<string, Guest>();
  let listeners: Array<(instanceId: string, exit: GuestExit) => void> = [];

  const isAlive = (instanceId: string) => processes.find(prefix + instanceId) !== undefined;
  const exited = (instanceId: string) => processes.exited(prefix + instanceId);
  const end = (instanceId: string) => processes.stop(prefix + instanceId, { signal: 'SIGKILL' });

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

  const monitor = (instanceId: string, qmp: QmpClient) =>
    monitorGuest(
      qmp,
      message => log(`${instanceId}: ${message}`),
      () => void pullPlug(instanceId, qmp),
    );

  const connection = async (instanceId: string, timeoutMs = answerDeadline): Promise<GuestMonitor> => {
    const guest = follow(instanceId);
    if (guest.monitor && !guest.monitor.qmp.isClosed) return guest.monitor;
    const qmp = await QmpClient.connect(filesOf(instanceId).qmpSocket, timeoutMs);
    try {
      await checkUuid(qmp, guestUuid(instanceId));
    } catch (error) {
      qmp.close();
      throw error;
    }
    guest.monitor = monitor(instanceId, qmp);
    return guest.monitor;
  };

  /** `quit` lets QEMU flush what the guest has written; one that does not answer is killed. */
  const pullPlug = async (instanceId: string, qmp?: QmpClient): Promise<void> => {
    await qmp?.execute('quit', undefined, quitDeadline).catch(() => undefined);
    if (qmp) await Promise.race([exited(instanceId), delay(quitDeadline, undefined, { ref: false })]);
    await end(instanceId);
  };

  return {
    alive: () => processes.list().flatMap(name => (name.startsWith(prefix) ? name.slice(prefix.length) : [])),
    isAlive,
    followed: () => [...guests.keys()],
    async start(instanceId, argv, logFile) {
      await processes.start({ name: prefix + instanceId, argv, logFile });
    },
    exited,
    follow,
    monitor,
    connection,
    async running(instanceId) {
      if (!isAlive(instanceId)) throw new Error(`${instanceId} does not run`);
      return (await connection(instanceId)).qmp;
    },
    async kill(instanceId) {
      if (!isAlive(instanceId)) return;
      const guest = follow(instanceId);
      guest.stopping = true;
      const connected = await connection(instanceId, quitDeadline).catch(() => undefined);
      await pullPlug(instanceId, connected?.qmp);
      await guest.gone;
    },
    async discard(instanceId) {
      await end(instanceId);
      await follow(instanceId, false).gone;
    },
    onExit: listener => void listeners.push(listener),
    disconnect() {
      listeners = [];
      for (const guest of guests.values()) guest.monitor?.qmp.close();
    },
  };
}
