import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity, parseStat } from './identity.ts';

/** A process to run in a session of its own, so that it outlives the server. */
export interface ProcessSpec {
  /** Unique in the folder, e.g. `qemu-i-0123456789abcdef0`. */
  name: string;
  /** Full path of the program, then its arguments. */
  argv: readonly string[];
  /** Written to its standard input, which is then closed; nothing is kept of it. */
  stdin?: string | Buffer;
  /** Its standard output and error are appended here. */
  logFile: string;
  env?: Record<string, string>;
}

/**
 * The processes of a region that outlive the server: recorded with pid, start time and boot id, found again after a
 * restart, and never ended by pid alone.
 */
export interface OwnedProcesses {
  /** Starts the process unless the one of that name is alive; answers which it is. */
  start(spec: ProcessSpec): Promise<ProcessIdentity>;
  /** The live process of that name. */
  find(name: string): ProcessIdentity | undefined;
  /** Names of the live ones; records of dead ones are dropped. */
  list(): string[];
  /** Sends `signal`, after `timeoutMs` SIGKILL; resolves when it is gone. Absent is no error. */
  stop(name: string, options?: { signal?: NodeJS.Signals; timeoutMs?: number }): Promise<void>;
  /** Resolves when the process of that name is gone; at once if it is not there. */
  exited(name: string): Promise<void>;
}

/**
 * The process notes its own boot id and /proc/PID/stat before it becomes the program (both survive the exec): were the
 * server killed right after the spawn, the next one would still find it.
 */
const recordAndExec =
  'read -r boot < /proc/sys/kernel/random/boot_id; read -r stat < /proc/$$/stat; echo "$boot $stat" > "$0"; exec "$@"';

/** How often a process that is not our child is looked at, in milliseconds. */
const pollInterval = 200;

export function ownedProcesses(folder: string): OwnedProcesses {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const children = new Map<string, { child: ChildProcess; gone: Promise<void> }>();
  const recordFile = (name: string) => join(folder, `${name}.process`);
  const drop = (name: string) => rmSync(recordFile(name), { force: true });

  const find = (name: string): ProcessIdentity | undefined => {
    const child = children.get(name)?.child;
    if (child?.pid !== undefined) return identify(child.pid);
    const recorded = readRecord(recordFile(name));
    return recorded && isAlive(recorded) ? recorded : undefined;
  };

  const start = async (spec: ProcessSpec): Promise<ProcessIdentity> => {
    const already = find(spec.name);
    if (already) return already;
    drop(spec.name);
    const log = openSync(spec.logFile, 'a', 0o600);
    const child = spawn('/bin/sh', ['-c', recordAndExec, recordFile(spec.name), ...spec.argv], {
      detached: true,
      stdio: [spec.stdin === undefined ? 'ignore' : 'pipe', log, log],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...spec.env },
    });
    closeSync(log);
    const gone = new Promise<void>(resolve => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    children.set(spec.name, { child, gone });
    gone.then(() => {
      if (children.get(spec.name)?.child === child) children.delete(spec.name);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(spec.stdin);
    child.unref();
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (!identity) throw new Error(`${spec.argv[0]} could not be started; see ${spec.logFile}`);
    return identity;
  };

  const exited = async (name: string): Promise<void> => {
    const child = children.get(name);
    if (child) return child.gone;
    while (find(name)) await delay(pollInterval, undefined, { ref: false });
  };

  return {
    start,
    find,
    exited,
    list() {
      const recorded = readdirSync(folder).flatMap(file => /^(.+)\.process$/.exec(file)?.[1] ?? []);
      // One that was just started may not have come to write its record yet.
      return [...new Set([...recorded, ...children.keys()])].filter(name => {
        if (find(name)) return true;
        drop(name);
        return false;
      });
    },
    async stop(name, { signal = 'SIGTERM', timeoutMs = 5_000 } = {}) {
      const identity = find(name);
      if (identity) {
        signalProcess(identity, signal);
        const patience = new AbortController();
        // Its timer also keeps Node alive: a program that has nothing else to do must not end before the process has.
        const late = delay(timeoutMs, undefined, { signal: patience.signal }).then(
          () => signalProcess(identity, 'SIGKILL'),
          () => undefined,
        );
        await exited(name);
        patience.abort();
        await late;
      }
      drop(name);
    },
  };
}

function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readRecord(file: string): ProcessIdentity | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const [bootId, ...stat] = text.trim().split(' ');
  const parsed = parseStat(stat.join(' '));
  return parsed && bootId ? { pid: parsed.pid, startTime: parsed.startTime, bootId } : undefined;
}
