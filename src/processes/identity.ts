import { readFileSync } from 'node:fs';

/** What tells one process from another that got the same pid later: when it started, and in which boot. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat (proc(5)). */
  startTime: string;
  bootId: string;
}

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** The identity of a live process; undefined when there is none of that pid, or only its zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const parsed = parseStat(stat);
  if (!parsed || parsed.state === 'Z' || parsed.state === 'X') return undefined;
  return { pid, startTime: parsed.startTime, bootId: bootId() };
}

/** Pid, state and start time of a /proc/PID/stat line; undefined if it is not one. */
export function parseStat(line: string): { pid: number; state: string; startTime: string } | undefined {
  // The command name may hold spaces and parentheses: fields are counted after its last parenthesis.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [pid, state, startTime] = [Number.parseInt(line, 10), fields[0], fields[19]];
  return pid > 0 && state && startTime ? { pid, state, startTime } : undefined;
}

export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.startTime === identity.startTime && now.bootId === identity.bootId;
}
