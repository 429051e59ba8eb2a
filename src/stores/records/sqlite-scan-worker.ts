/** The other side of `sqlite-scanner.ts`. */
import type { SQLInputValue } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from './sqlite-connection.ts';
import type { ScanAnswer, ScanRequest } from './sqlite-scanner.ts';

const database = openReader(workerData as string);

parentPort!.on('message', (request: ScanRequest) => parentPort!.postMessage(answer(request)));

function answer({ id, sql, parameters }: ScanRequest): ScanAnswer {
  try {
    const rows = database.prepare(sql).all(...(parameters as SQLInputValue[]));
    // Rows come without a prototype, and all alike: plain copies travel.
    return { id, rows: rows.map(row => ({ ...row })) };
  } catch (error) {
    return { id, error: error as Error };
  }
}
