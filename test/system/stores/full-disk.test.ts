import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const support = join(import.meta.dirname, '../../support');

/** Runs a shell line in a mount namespace of its own, where `$1` is a folder and `$2` this Node. */
async function withMounts(line: string, folder: string): Promise<string> {
  const flags = process.getuid?.() === 0 ? '-m' : '-rm';
  const args = [flags, '--', 'bash', '-ec', line, 'bash', folder, process.execPath];
  return (await promisify(execFile)('unshare', args)).stdout;
}

describe('a disk', () => {
  it('that is full is told in a sentence, costs nothing acknowledged, and can be used again once there is space', async () => {
    await using folder = await temporaryFolder();
    const line = `mount -t tmpfs -o size=8m tmpfs "$1"; "$2" ${support}/use-full-disk.ts "$1"`;
    const told = JSON.parse(await withMounts(line, folder.path));
    expect(told.refused).toMatch(/^The disk that holds .*records\.sqlite is full: free some space/);
    expect(told.folder).toMatch(/^The disk of the data folder .* is full: free some space/);
    expect(told.kept).toEqual(told.acknowledged);
    expect(told.kept.length).toBeGreaterThan(3);
  });

  it('that is full costs no snapshot, keeps what is there readable, and takes the next one once there is space', async () => {
    await using folder = await temporaryFolder();
    const line = `mount -t tmpfs -o size=24m tmpfs "$1"; "$2" ${support}/fill-block-store.ts "$1"`;
    expect(JSON.parse(await withMounts(line, folder.path))).toEqual({
      refused: expect.stringMatching(/ENOSPC|disk is full/),
      readWhileFull: true,
      collected: expect.any(String),
      readAfter: true,
      laterSnapshot: true,
      packsCompacted: expect.any(Number),
      problems: [],
    });
  });

  it('that is read-only is told in a sentence', async () => {
    await using folder = await temporaryFolder();
    const line = `mount -t tmpfs -o size=1m,mode=700 tmpfs "$1"; mount -o remount,ro "$1"; "$2" ${support}/hold-data-folder.ts "$1" 2>&1 || true`;
    expect(await withMounts(line, folder.path)).toMatch(
      /The data folder .* cannot be written: give this user/,
    );
  });
});
