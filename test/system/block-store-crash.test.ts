import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLocalBlockStore } from '../../src/stores/blocks/local/local-block-store.ts';
import { listOf } from '../support/manifests.ts';
import { crashBlock } from './crash-blocks.ts';

const kills = 45;
const masterKey = randomBytes(32);
const writer = fileURLToPath(new URL('./block-store-writer.ts', import.meta.url));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amity-crash-'));
});
afterEach(() => rm(folder, { recursive: true }));

test(`every acknowledged manifest is readable after ${kills} kills at random moments`, async () => {
  const committed = new Set<number>();
  const deleted = new Set<number>();
  let next = 0;
  let flushed: number | undefined;
  let checkedSessions = 0;

  for (let kill = 0; kill < kills; kill++) {
    flushed = undefined;
    const child = spawn(process.execPath, [writer, folder, masterKey.toString('hex'), String(next)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout });
    // What is random is after how many steps, and when after that: on a slow machine the steps take longer.
    const steps = 1 + Math.floor(Math.random() * 8);
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    let seen = 0;
    lines.on('line', line => {
      if (++seen === steps) resolve();
      const [word, number] = line.split(' ');
      if (word === 'committed') committed.add(Number(number));
      if (word === 'deleting') deleted.add(Number(number));
      if (word === 'flushed') flushed = Number(number);
    });
    const closed = once(lines, 'close');
    await Promise.race([reached, exited]);
    await delay(Math.random() * 100);
    child.kill('SIGKILL');
    const [code, signal] = await exited;
    expect([code, signal]).toEqual([null, 'SIGKILL']);
    await closed;
    next = Math.max(-1, ...committed) + 2;

    // Opening is checked after every kill, all bytes at the end and now and then.
    const store = await openLocalBlockStore({ folder, masterKey });
    try {
      const manifests = new Set(await store.listManifests());
      for (const number of committed)
        if (!deleted.has(number)) expect(manifests.has(`snap-${number}`), `snap-${number}`).toBe(true);
      if (flushed !== undefined && !committed.has(flushed) && !manifests.has(`snap-${flushed}`)) {
        const session = await store.openSession(`session-${flushed}`, 'domain');
        expect([...(await session.staged()).indexes()]).toEqual(expect.arrayContaining([0, 1, 2]));
        for (const [index, reference] of (await Array.fromAsync(session.stagedEntries())).flat())
          expect((await store.read(reference!)).equals(crashBlock(flushed, index))).toBe(true);
        checkedSessions++;
      }
      expect((await store.verify({ readData: kill % 15 === 0 })).problems).toEqual([]);
      if (kill % 3 === 0) await store.collectGarbage();
    } finally {
      await store.close();
    }
  }

  expect(committed.size).toBeGreaterThan(kills);
  const store = await openLocalBlockStore({ folder, masterKey });
  try {
    for (const sessionId of await store.openSessions())
      await (await store.openSession(sessionId, 'domain')).abort();
    await store.collectGarbage();
    let checked = 0;
    for (const number of committed) {
      const entries = await listOf(store, `snap-${number}`);
      if (!entries) {
        expect(deleted.has(number)).toBe(true);
        continue;
      }
      expect(entries.map(([index]) => index)).toEqual([0, 1, 2, 3]);
      for (const [index, reference] of entries)
        expect((await store.read(reference)).equals(crashBlock(number, index))).toBe(true);
      checked++;
    }
    expect(checked).toBeGreaterThan(kills / 3);
    process.stdout.write(
      `${committed.size} acknowledged, ${checked} read back, ${checkedSessions} open sessions resumed\n`,
    );
  } finally {
    await store.close();
  }
});
