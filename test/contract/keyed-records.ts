import { describe, expect, it } from 'vitest';
import { imagePlace } from '../../src/domain/image-index.ts';
import type { Job } from '../../src/domain/job.ts';
import { parsePattern } from '../../src/domain/wildcard.ts';
import type { RegionDatabase } from '../../src/stores/records/database.ts';
import { owner } from '../operations/region.ts';
import { aJob, anImage } from '../support/records.ts';

/** Part of the contract of records: items found by keys, in the order of listings, and by wildcards. */
export function keyedRecordsContract(records: () => RegionDatabase) {
  const put = (...jobs: Job[]) =>
    records().transaction(async writer => {
      for (const one of jobs) await writer.jobs.put(one);
    });

  describe('keys and wildcards', () => {
    it('finds by any of several keys, each item once, in the order of places', async () => {
      await records().transaction(async writer => {
        for (const one of [
          anImage({ imageId: 'ami-3', creationDate: '3', launchPermissions: [{ group: 'all' }] }),
          anImage({ imageId: 'ami-1', creationDate: '1' }),
          anImage({ imageId: 'ami-2', creationDate: '2', ownerId: 'other' }),
          anImage({ imageId: 'ami-4', creationDate: '0', deprecationTime: '2027-01-01' }),
        ])
          await writer.images.put(one);
      });
      const under = async (keys: string[], page: { after?: string; limit: number }, from?: string) =>
        (
          await records().read.images.under(
            keys.map(key => (from ? { key, from } : { key })),
            page,
          )
        ).map(image => image.imageId);
      const own = `owner/${owner}`;
      expect(await under([own, 'public'], { limit: 9 })).toEqual(['ami-4', 'ami-1', 'ami-3']);
      expect(await under([own, 'public', 'owner/other'], { limit: 3 })).toEqual(['ami-4', 'ami-1', 'ami-2']);
      const [, second] = await records().read.images.under([{ key: own }], { limit: 2 });
      expect(await under([own, 'owner/other'], { limit: 9, after: imagePlace(second!) })).toEqual([
        'ami-2',
        'ami-3',
      ]);
      expect(await under([own], { limit: 9 }, '2027-06')).toEqual(['ami-1', 'ami-3']);
      expect(await under([own], { limit: 9 }, imagePlace(second!))).toEqual(['ami-1', 'ami-3']);
      expect(await under(['nothing'], { limit: 9 })).toEqual([]);
      expect(await under([], { limit: 9 })).toEqual([]);
      const many = Array.from({ length: 450 }, (_, number) => `none/${number}`);
      expect(await under([...many, own], { limit: 2 })).toEqual(['ami-4', 'ami-1']);
      await expect(records().read.volumes.under([{ key: own }], { limit: 1 })).rejects.toThrow('has no keys');
    });

    it('finds nothing under keys that an item had before, or in a transaction that was rolled back', async () => {
      const own = [{ key: `owner/${owner}` }, { key: 'public' }];
      const open = anImage({ launchPermissions: [{ group: 'all' }] });
      await records().transaction(writer => writer.images.put(open));
      await records().transaction(async writer => {
        await writer.images.put({ ...open, launchPermissions: [], creationDate: '2027' });
        expect(await writer.images.under([{ key: 'public' }], { limit: 9 })).toEqual([]);
        expect(await records().read.images.under([{ key: 'public' }], { limit: 9 })).toHaveLength(1);
      });
      expect(await records().read.images.under([{ key: 'public' }], { limit: 9 })).toEqual([]);
      expect(await records().read.images.under(own, { limit: 9 })).toHaveLength(1);
      const undone = records().transaction(async writer => {
        await writer.images.delete(open.imageId);
        expect(await writer.images.under(own, { limit: 9 })).toEqual([]);
        throw new Error('no');
      });
      await expect(undone).rejects.toThrow('no');
      expect(await records().read.images.under(own, { limit: 9 })).toHaveLength(1);
      await records().transaction(writer => writer.images.delete(open.imageId));
      expect(await records().read.images.under(own, { limit: 9 })).toEqual([]);
    });

    it.each([
      ['a*', ['a', 'a*b', 'a?c', 'ab[c]', 'axb']],
      ['A*', ['A']],
      ['a\\*b', ['a*b']],
      ['a?b', ['a*b', 'axb']],
      ['*[c]', ['ab[c]']],
      ['*_%', ['100_%']],
      ['*%', ['100_%', '9%']],
      ['?%', ['9%']],
      ['\\\\*', ['\\x']],
      ['*é*', ['é']],
      ['\u{10ffff}*', ['\u{10ffff}z']],
      ['*', ['100_%', '9%', 'A', '\\x', 'a', 'a*b', 'a?c', 'ab[c]', 'axb', 'é', '\u{10ffff}z']],
      ['nothing*', []],
    ])('finds the fields that the pattern %s matches', async (value, expected) => {
      const subjects = ['a', 'A', 'a*b', 'axb', 'a?c', 'ab[c]', '100_%', '9%', '\\x', 'é', '\u{10ffff}z'];
      await put(...subjects.map(subject => aJob(`job ${subject}`, { subject })));
      const found = await records().read.jobs.match('subject', [parsePattern(value)], 100);
      expect(found.sort()).toEqual(expected.map(subject => `job ${subject}`).sort());
    });

    it('finds what any of several patterns match, within a limit, also in a transaction', async () => {
      await put(...['xa', 'xb', 'yc', 'z'].map(subject => aJob(subject, { subject })));
      const patterns = ['x*', '?c', 'z'].map(parsePattern);
      expect((await records().read.jobs.match('subject', patterns, 9)).sort()).toEqual([
        'xa',
        'xb',
        'yc',
        'z',
      ]);
      expect(await records().read.jobs.match('subject', patterns, 3)).toHaveLength(3);
      expect(await records().read.jobs.match('subject', [], 3)).toEqual([]);
      await records().transaction(async writer => {
        await writer.jobs.put(aJob('new', { subject: 'new' }));
        expect(await writer.jobs.match('subject', [parsePattern('n*')], 9)).toEqual(['new']);
      });
      await expect(records().read.jobs.match('attempts', patterns, 9)).rejects.toThrow("no index 'attempts'");
    });
  });
}
