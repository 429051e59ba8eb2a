import { describe, expect, it } from 'vitest';
import { createJobIds } from '../../src/jobs/job-ids.ts';

describe('job ids', () => {
  const at = (milliseconds: number) => new Date(Date.UTC(2026, 4, 10) + milliseconds);

  it('sort in order of creation, within a millisecond and when the clock is set back', () => {
    let time = at(0);
    const { next } = createJobIds(() => time);
    const made: string[] = [];
    for (const offset of [0, 1, 1000, 999, 0, -5000, 1001]) {
      time = at(offset);
      for (let count = 0; count < 300; count++) made.push(next());
    }
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(made.length);
  });

  it('sort after those of the server before, though the clock was set back meanwhile', () => {
    const before = createJobIds(() => at(1000));
    const last = [before.next(), before.next()].at(-1)!;
    const after = createJobIds(() => at(0));
    after.continueAfter(last);
    expect(after.next() > last).toBe(true);
  });

  it('take no notice of ids of another form', () => {
    const { next, continueAfter } = createJobIds(() => at(0));
    continueAfter('job-zzz');
    expect(next()).toMatch(/^job-[0-9a-f]{16}-[0-9a-f]{8}$/);
  });
});
