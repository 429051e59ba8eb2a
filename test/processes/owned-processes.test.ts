import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identify, isAlive, parseStat } from '../../src/processes/identity.ts';
import { type OwnedProcesses, ownedProcesses } from '../../src/processes/owned-processes.ts';

let folder: string;
let processes: OwnedProcesses;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amity-processes-'));
  processes = ownedProcesses(join(folder, 'records'));
});

afterEach(async () => {
  for (const name of processes.list()) await processes.stop(name, { signal: 'SIGKILL' });
  rmSync(folder, { recursive: true });
});

const sleeper = (name: string) => ({ name, argv: ['/bin/sleep', '60'], logFile: join(folder, 'log') });

describe('owned processes', () => {
  test('a process is started once under its name', async () => {
    const first = await processes.start(sleeper('one'));
    const second = await processes.start(sleeper('one'));
    expect(second).toEqual(first);
    expect(processes.list()).toEqual(['one']);
  });

  test('another server finds the process again and ends it', async () => {
    const started = await processes.start({
      ...sleeper('one'),
      argv: ['/bin/sh', '-c', 'echo up; sleep 60'],
    });
    while (!readFileSync(join(folder, 'log'), 'utf8').includes('up')) await new Promise(setImmediate);
    const next = ownedProcesses(join(folder, 'records'));
    expect(next.find('one')).toEqual(started);
    await next.stop('one');
    expect(isAlive(started)).toBe(false);
    expect(next.list()).toEqual([]);
  });

  test('a process that ignores SIGTERM is killed after the time it was given', async () => {
    const started = await processes.start({
      ...sleeper('stubborn'),
      argv: ['/bin/sh', '-c', 'trap "" TERM; echo up; while :; do sleep 60; done'],
    });
    while (!readFileSync(join(folder, 'log'), 'utf8').includes('up')) await new Promise(setImmediate);
    await processes.stop('stubborn', { timeoutMs: 50 });
    expect(isAlive(started)).toBe(false);
  });

  test('what is given on standard input arrives', async () => {
    await processes.start({ ...sleeper('reader'), argv: ['/bin/cat'], stdin: 'a key\n' });
    await processes.exited('reader');
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('a key\n');
  });

  test('a record of another process with the same pid is not believed', async () => {
    const { pid, bootId } = await processes.start(sleeper('real'));
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').trim();
    const forged = stat.replace(parseStat(stat)!.startTime, '12345');
    writeFileSync(join(folder, 'records', 'forged.process'), `${bootId} ${forged}\n`);
    expect(processes.find('forged')).toBeUndefined();
    await processes.stop('forged');
    expect(identify(pid)).toBeDefined();
  });

  test('waiting for a process that is not there ends at once', async () => {
    await processes.exited('nobody');
    expect(processes.find('nobody')).toBeUndefined();
  });
});

test('the start time is found behind a command name with spaces and parentheses', () => {
  const fields = Array.from({ length: 40 }, (_, i) => String(i + 3));
  const line = `7 (a (b) c) S ${fields.slice(1).join(' ')}`;
  expect(parseStat(line)).toEqual({ pid: 7, state: 'S', startTime: '22' });
  expect(parseStat('garbage')).toBeUndefined();
});
