import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/count-tests.ts', import.meta.url));
const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amity-count-'));
  writeFileSync(join(folder, 'passed'), 'tsc\nbiome\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function count(status: number, report?: object) {
  if (report) writeFileSync(join(folder, 'tests.json'), JSON.stringify(report));
  const { stdout, status: code } = spawnSync(node, [script, String(status), folder], { encoding: 'utf8' });
  return { last: stdout.trim().split('\n').at(-1), code };
}

const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test('tests and checks are counted together', () => {
  expect(count(0, report)).toEqual({ last: '7 passed, 0 failed', code: 0 });
});

test('skipped tests are told only where there are any', () => {
  expect(count(0, { ...report, numPendingTests: 2 })).toEqual({
    last: '7 passed, 0 failed, 2 skipped',
    code: 0,
  });
});

test('a failed check fails the whole', () => {
  writeFileSync(join(folder, 'failed'), 'knip\n');
  expect(count(0, report)).toEqual({ last: '7 passed, 1 failed', code: 1 });
});

test('a test file that could not be loaded counts as a failure', () => {
  const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }];
  expect(count(1, { ...report, testResults })).toEqual({ last: '7 passed, 1 failed', code: 1 });
});

test('a runner that died without a report fails', () => {
  expect(count(1)).toEqual({ last: '2 passed, 1 failed', code: 1 });
});
