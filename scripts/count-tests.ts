/**
 * count-tests.ts STATUS FOLDER: prints `N passed, N failed` from vitest's report and the checks noted in FOLDER, and
 * fails if anything failed, vitest itself (a file that could not be loaded, an unhandled error) included.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [status = '1', folder = '.'] = process.argv.slice(2);

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: Array<{ name: string; status: string; assertionResults: unknown[] }>;
}

const lines = (name: string) => {
  try {
    return readFileSync(join(folder, name), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};

const empty: Report = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};
const text = lines('tests.json').join('\n');
const report = text ? (JSON.parse(text) as Report) : empty;
const unloaded = report.testResults.filter(
  file => file.status === 'failed' && file.assertionResults.length === 0,
);

const passed = report.numPassedTests + lines('passed').length;
let failed = report.numFailedTests + unloaded.length + lines('failed').length;
// Whatever else made vitest fail counts once.
if (status !== '0' && report.numFailedTests + unloaded.length === 0) failed++;
const skipped = report.numPendingTests + report.numTodoTests;

for (const check of lines('failed')) console.log(`failed: ${check}`);
for (const file of unloaded) console.log(`failed to load: ${file.name}`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
