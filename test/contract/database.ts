import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/domain/job.ts';
import type { KeyPair } from '../../src/domain/key-pair.ts';
import { Conflict, type RegionDatabase } from '../../src/stores/records/database.ts';
import { aJob as job } from '../support/records.ts';
import { keyedRecordsContract } from './keyed-records.ts';

/** What every implementation of the records does. `make` opens an empty database and says how to remove it. */
export function databaseContract(make: () => Promise<{ records: RegionDatabase; remove(): Promise<void> }>) {
  let records: RegionDatabase;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ records, remove } = await make());
  });
  afterEach(async () => {
    await records.close();
    await remove();
  });

  const put = (...jobs: Job[]) =>
    records.transaction(async writer => {
      for (const one of jobs) await writer.jobs.put(one);
    });

  describe('reading', () => {
    it('answers an item as it was put, and nothing for an id that is not there', async () => {
      const one = job('job-1', { input: { nested: [1, 'two', null, { three: 3.5 }], no: false } });
      await put(one);
      expect(await records.read.jobs.get('job-1')).toEqual(one);
      expect(await records.read.jobs.get('job-2')).toBeUndefined();
    });

    it('answers those of many ids that exist', async () => {
      await put(job('job-1'), job('job-2'), job('job-3'));
      const found = await records.read.jobs.getMany(['job-3', 'job-9', 'job-1', 'job-1']);
      expect(ids(found).sort()).toEqual(['job-1', 'job-3']);
      expect(await records.read.jobs.getMany([])).toEqual([]);
    });

    it('takes more ids than a statement has parameters', async () => {
      await put(job('job-7'), job('job-69999'));
      const many = Array.from({ length: 70_000 }, (_, number) => `job-${number}`);
      expect(ids(await records.read.jobs.getMany(many)).sort()).toEqual(['job-69999', 'job-7']);
    });

    it('lists in the order of the bytes of the ids', async () => {
      await put(job('b'), job('a-1'), job('B'), job('a_1'), job('a1'), job('ä'));
      expect(ids(await records.read.jobs.list())).toEqual(['B', 'a-1', 'a1', 'a_1', 'b', 'ä']);
    });

    it('selects by indexed fields, all of which must match', async () => {
      await put(
        job('1', { subject: 'x', state: 'queued' }),
        job('2', { subject: 'y', state: 'queued' }),
        job('3', { subject: 'x', state: 'failed' }),
      );
      expect(ids(await records.read.jobs.list({ subject: 'x' }))).toEqual(['1', '3']);
      expect(ids(await records.read.jobs.list({ subject: 'x', state: 'failed' }))).toEqual(['3']);
      expect(ids(await records.read.jobs.list({ subject: ['x', 'z'] }))).toEqual(['1', '3']);
      expect(ids(await records.read.jobs.list({ subject: ['x', 'y'], state: ['queued'] }))).toEqual([
        '1',
        '2',
      ]);
      expect(await records.read.jobs.list({ subject: [] })).toEqual([]);
    });

    it('finds an item whose field is undefined by no selection', async () => {
      const base = { snapshotId: 'snap-1', size: 1, ownerId: 'o', state: 'available' };
      await records.transaction(async writer => {
        await writer.volumes.put({ ...base, volumeId: 'vol-1' } as never);
        await writer.volumes.put({ ...base, volumeId: 'vol-2', snapshotId: undefined } as never);
      });
      const found = await records.read.volumes.list({ snapshotId: ['snap-1', '', 'undefined', 'null'] });
      expect(found.map(volume => volume.volumeId)).toEqual(['vol-1']);
    });

    it('refuses to select by a field that has no index', async () => {
      await expect(records.read.jobs.list({ attempts: '0' })).rejects.toThrow("no index 'attempts'");
      await expect(records.read.jobs.list({ constructor: '0' })).rejects.toThrow("no index 'constructor'");
    });

    it('pages without gap or repetition', async () => {
      await put(...Array.from({ length: 25 }, (_, number) => job(`job-${String(number).padStart(2, '0')}`)));
      const seen: string[] = [];
      for (;;) {
        const page = await records.read.jobs.list({ state: 'queued' }, { limit: 10, after: seen.at(-1) });
        seen.push(...ids(page));
        if (page.length < 10) break;
      }
      expect(seen).toEqual(
        Array.from({ length: 25 }, (_, number) => `job-${String(number).padStart(2, '0')}`),
      );
    });

    it('does not see what is not committed', async () => {
      await put(job('job-1', { attempts: 1 }));
      await records.transaction(async writer => {
        await writer.jobs.put(job('job-1', { attempts: 2 }));
        await writer.jobs.put(job('job-2'));
        expect((await records.read.jobs.get('job-1'))?.attempts).toBe(1);
        expect(ids(await records.read.jobs.list())).toEqual(['job-1']);
      });
      expect((await records.read.jobs.get('job-1'))?.attempts).toBe(2);
    });

    it('gives copies: changing one changes no record', async () => {
      const mine = job('job-1', { input: { tags: ['a'] } });
      await put(mine);
      (mine.input as { tags: string[] }).tags.push('b');
      const read = (await records.read.jobs.get('job-1'))!;
      (read.input as { tags: string[] }).tags.push('c');
      expect((await records.read.jobs.get('job-1'))?.input).toEqual({ tags: ['a'] });
    });
  });

  keyedRecordsContract(() => records);

  describe('a transaction', () => {
    it('reads what it wrote, by id and by field, and what it deleted no more', async () => {
      await put(job('job-1', { subject: 'x' }), job('job-2', { subject: 'x' }));
      const seen = await records.transaction(async writer => {
        await writer.jobs.put(job('job-1', { subject: 'y' }));
        await writer.jobs.delete('job-2');
        await writer.jobs.delete('job-9');
        return {
          moved: (await writer.jobs.get('job-1'))?.subject,
          left: ids(await writer.jobs.list({ subject: 'x' })),
          many: ids(await writer.jobs.getMany(['job-1', 'job-2'])),
        };
      });
      expect(seen).toEqual({ moved: 'y', left: [], many: ['job-1'] });
    });

    it('that throws leaves nothing behind and rejects with what was thrown', async () => {
      await put(job('job-1'));
      const thrown = new Error('no');
      const failed = records.transaction(async writer => {
        await writer.jobs.delete('job-1');
        await writer.jobs.put(job('job-2'));
        throw thrown;
      });
      await expect(failed).rejects.toBe(thrown);
      expect(ids(await records.read.jobs.list())).toEqual(['job-1']);
    });

    it('that throws does not undo those that run beside it', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 40 }, (_, number) =>
          records.transaction(async writer => {
            await writer.jobs.put(job(`job-${number}`));
            if (number % 3 === 0) throw new Error('no');
          }),
        ),
      );
      const kept = outcomes.flatMap(({ status }, number) =>
        status === 'fulfilled' ? [`job-${number}`] : [],
      );
      expect(kept).toHaveLength(26);
      expect(ids(await records.read.jobs.list())).toEqual(kept.sort());
    });

    it('loses no increment among many at once', async () => {
      await put(job('counter', { attempts: 0 }));
      const results = await Promise.all(
        Array.from({ length: 60 }, () =>
          records.transaction(async writer => {
            const counter = (await writer.jobs.get('counter'))!;
            await writer.jobs.put({ ...counter, attempts: counter.attempts + 1 });
            return counter.attempts + 1;
          }),
        ),
      );
      expect((await records.read.jobs.get('counter'))?.attempts).toBe(60);
      expect(new Set(results).size).toBe(60);
    });

    it('sees no other change the ground it decided on', async () => {
      await put(job('a', { state: 'queued' }), job('b', { state: 'queued' }));
      // Each fails one job if the other is still queued: one after another, only one can.
      const giveUp = (mine: string, other: string) =>
        records.transaction(async writer => {
          if ((await writer.jobs.get(other))?.state !== 'queued') return;
          await writer.jobs.put(job(mine, { state: 'failed' }));
        });
      await Promise.all([giveUp('a', 'b'), giveUp('b', 'a')]);
      expect(await records.read.jobs.list({ state: 'queued' })).toHaveLength(1);
    });

    it('takes statements side by side', async () => {
      await records.transaction(async writer => {
        await Promise.all([1, 2, 3].map(number => writer.jobs.put(job(`job-${number}`))));
      });
      expect(ids(await records.read.jobs.list())).toEqual(['job-1', 'job-2', 'job-3']);
    });
  });

  describe('a unique key', () => {
    const putKey = (key: KeyPair) => records.transaction(writer => writer.keyPairs.put(key));

    it('that is taken is a Conflict, and nothing is written', async () => {
      await putKey(keyPair('key-1', 'mine'));
      await expect(putKey(keyPair('key-2', 'mine'))).rejects.toBeInstanceOf(Conflict);
      expect(await records.read.keyPairs.get('key-2')).toBeUndefined();
    });

    it('does not bar an item from being put again, nor a key that was given up', async () => {
      await putKey(keyPair('key-1', 'mine'));
      await putKey({ ...keyPair('key-1', 'mine'), fingerprint: 'other' });
      await putKey(keyPair('key-1', 'renamed'));
      await putKey(keyPair('key-2', 'mine'));
      await records.transaction(async writer => {
        await writer.keyPairs.delete('key-2');
        await writer.keyPairs.put(keyPair('key-3', 'mine'));
      });
      const left = await records.read.keyPairs.list();
      expect(left.map(key => [key.keyPairId, key.keyName])).toEqual([
        ['key-1', 'renamed'],
        ['key-3', 'mine'],
      ]);
    });

    it('in conflict lets the transaction go on when caught', async () => {
      await putKey(keyPair('key-1', 'mine'));
      await records.transaction(async writer => {
        await writer.jobs.put(job('before'));
        const refused = await writer.keyPairs.put(keyPair('key-2', 'mine')).catch(error => error);
        expect(refused).toBeInstanceOf(Conflict);
        await writer.keyPairs.put(keyPair('key-2', 'mine-too'));
      });
      expect((await records.read.keyPairs.get('key-2'))?.keyName).toBe('mine-too');
      expect(await records.read.jobs.get('before')).toBeDefined();
    });

    it('wanted by many at once goes to one, and the others are told of the Conflict', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 12 }, (_, number) => putKey(keyPair(`key-${number}`, 'mine'))),
      );
      const refused = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(refused).toHaveLength(11);
      for (const reason of refused) expect(reason).toBeInstanceOf(Conflict);
      expect(await records.read.keyPairs.list()).toHaveLength(1);
    });
  });

  describe('what is stored', () => {
    it('may be large', async () => {
      const input = { text: 'x'.repeat(4 * 1024 * 1024) };
      await put(job('job-1', { input }));
      expect((await records.read.jobs.get('job-1'))?.input).toEqual(input);
    });

    it('may be any text, also as a field that is looked up', async () => {
      const texts = ['Grüße 你好 🦭', `it's "quoted" \\ %_`, 'nul \0 inside', 'lone \ud800 surrogate', ''];
      for (const [index, subject] of texts.entries()) {
        await put(job(`job-${index}`, { subject, input: { [subject]: subject } }));
        expect(await records.read.jobs.get(`job-${index}`)).toMatchObject({
          subject,
          input: { [subject]: subject },
        });
        expect(ids(await records.read.jobs.list({ subject }))).toEqual([`job-${index}`]);
        expect(ids(await records.read.jobs.list({ subject: [subject] }))).toEqual([`job-${index}`]);
      }
      expect(await records.read.jobs.get('nul \0')).toBeUndefined();
    });
  });

  it('settles what is under way before it closes', async () => {
    const running = put(job('job-1'));
    await records.close();
    await expect(running).resolves.toBeUndefined();
  });
}

/** What databases that outlive their process do besides. `open` opens the same one again. */
export function durableDatabaseContract(
  make: () => Promise<{ open(): Promise<RegionDatabase>; remove(): Promise<void> }>,
) {
  it('has everything after it was closed and opened again', async () => {
    const { open, remove } = await make();
    try {
      const before = await open();
      await before.transaction(async writer => {
        await writer.jobs.put(job('job-1', { subject: 'x' }));
        await writer.keyPairs.put(keyPair('key-1', 'mine'));
      });
      await before.close();
      const after = await open();
      expect(ids(await after.read.jobs.list({ subject: 'x' }))).toEqual(['job-1']);
      const again = after.transaction(writer => writer.keyPairs.put(keyPair('key-2', 'mine')));
      await expect(again).rejects.toBeInstanceOf(Conflict);
      await after.close();
    } finally {
      await remove();
    }
  });

  it('ends a statement that nobody awaited with its transaction', async () => {
    const { open, remove } = await make();
    const records = await open();
    try {
      const kept = await records.transaction(async writer => writer);
      await expect(kept.jobs.put(job('late'))).rejects.toThrow('The transaction has ended');
      expect(await records.read.jobs.list()).toEqual([]);
    } finally {
      await records.close();
      await remove();
    }
  });
}

const ids = (jobs: Job[]) => jobs.map(({ jobId }) => jobId);

function keyPair(keyPairId: string, keyName: string): KeyPair {
  return {
    keyPairId,
    keyName,
    ownerId: '111122223333',
    keyType: 'ed25519',
    fingerprint: 'f',
    publicKey: 'ssh-ed25519 AAAA',
    createTime: '2026-05-10T13:17:12.000Z',
  };
}
