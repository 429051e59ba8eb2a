import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BlockServerBucket } from '../../../src/disks/block-server/command.ts';
import { takeOverBlockServer } from '../../../src/disks/block-server/process.ts';
import type { OwnedProcesses } from '../../../src/processes/owned-processes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let done: string[];
beforeEach(async () => {
  folder = await temporaryFolder();
  done = [];
});
afterEach(() => folder.remove());

const bucket: BlockServerBucket = {
  location: { bucket: 'b', prefix: 'p', endpoint: 'http://h', region: 'r', pathStyle: true },
  credentials: { accessKeyId: 'AKID', secretAccessKey: 'very-secret' },
  name: 's3://b/p',
};

/** One that answers from its start on. */
async function takeOver(over: BlockServerBucket | undefined): Promise<string[]> {
  done = [];
  const socketPath = join(folder.path, 'socket');
  const processes: Pick<OwnedProcesses, 'start' | 'stop'> = {
    async start({ name }) {
      done.push(`start ${name}`);
      writeFileSync(socketPath, '');
      return { pid: 1, startTime: '1', bootId: 'b' } as never;
    },
    async stop(name) {
      done.push(`stop ${name}`);
    },
  };
  await takeOverBlockServer({
    processes: processes as OwnedProcesses,
    ...{ folder: folder.path, blocksFolder: folder.path, socketPath, masterKey: Buffer.alloc(32, 7) },
    bucket: over,
  });
  return done;
}
const kept = ['start block-server'];
const replaced = ['stop block-server', 'start block-server'];

test('a block server that was told of the same bucket and key is kept, any other makes way', async () => {
  expect(await takeOver(bucket)).toEqual(replaced);
  expect(await takeOver(bucket)).toEqual(kept);
  const credentials = { ...bucket.credentials, secretAccessKey: 'another' };
  expect(await takeOver({ ...bucket, credentials })).toEqual(replaced);
  expect(await takeOver(undefined)).toEqual(replaced);
  expect(await takeOver(undefined)).toEqual(kept);
});

test('one whose socket is gone makes way', async () => {
  await takeOver(bucket);
  rmSync(join(folder.path, 'socket'));
  expect(await takeOver(bucket)).toEqual(replaced);
});

test('what is noted of bucket and key tells neither', async () => {
  await takeOver(bucket);
  for (const name of readdirSync(folder.path)) {
    const text = readFileSync(join(folder.path, name), 'utf8');
    expect(text).not.toContain('very-secret');
    expect(text).not.toContain('AKID');
  }
});
