import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openRegionDatabase } from '../../../src/stores/records/open.ts';
import { openWriter } from '../../../src/stores/records/sqlite-connection.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const program = join(import.meta.dirname, '../../support/commit-until-killed.ts');

it('loses no acknowledged transaction to kill -9, whenever it comes', async () => {
  await using folder = await temporaryFolder();
  const acknowledged: string[] = [];
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, [program, folder.path, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const killAfter = 1 + Math.floor(Math.random() * 300);
    let lines = 0;
    createInterface({ input: child.stdout }).on('line', jobId => {
      acknowledged.push(jobId);
      if (++lines === killAfter) child.kill('SIGKILL');
    });
    await once(child, 'close');
    expect(child.signalCode).toBe('SIGKILL');

    const records = await openRegionDatabase(`sqlite:${folder.path}`, 'us-east-1');
    const kept = (await records.read.jobs.list()).map(job => job.jobId);
    const counter = await records.read.jobs.get('counter');
    await records.close();
    const found = new Set(kept);
    expect(acknowledged.filter(jobId => !found.has(jobId))).toEqual([]);
    // All or nothing: the counter grew exactly as often as a job was written.
    expect(counter?.attempts).toBe(kept.length - 1);
  }
  const file = new DatabaseSync(join(folder.path, 'us-east-1/records.sqlite'));
  expect(file.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  file.close();
});

it('syncs the log at every commit', async () => {
  await using folder = await temporaryFolder();
  const writer = openWriter(join(folder.path, 'records.sqlite'));
  expect(writer.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
  const full = 2;
  expect(writer.prepare('pragma synchronous').get()).toEqual({ synchronous: full });
  writer.close();
});
