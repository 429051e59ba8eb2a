/** A thread that reads an SQLite file for queries that look at many rows, while the server answers others. */
import { Worker } from 'node:worker_threads';
import type { Run } from './sql-collection.ts';

export interface ScanRequest {
  id: number;
  sql: string;
  parameters: readonly unknown[];
}
export type ScanAnswer = { id: number } & ({ rows: unknown[] } | { error: Error });

/** The thread starts at the first scan and keeps no process alive. */
export function sqliteScanner(file: string): { scan: Run; close(): Promise<void> } {
  let worker: Worker | undefined;
  let closed = false;
  let lastId = 0;
  const waiting = new Map<number, { resolve(rows: unknown[]): void; reject(error: Error): void }>();

  function failAll(error: Error): void {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function start(): Worker {
    const started = new Worker(new URL('./sqlite-scan-worker.ts', import.meta.url), { workerData: file });
    started.on('message', (answer: ScanAnswer) => {
      const waiter = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('rows' in answer) waiter?.resolve(answer.rows);
      else waiter?.reject(answer.error);
      if (waiting.size === 0) started.unref();
    });
    started.on('error', failAll);
    started.on('exit', code => failAll(new Error(`The thread that scans ${file} ended with ${code}`)));
    return started;
  }

  return {
    scan({ sql, parameters }) {
      if (closed) return Promise.reject(new Error(`The records in ${file} are closed`));
      worker ??= start();
      worker.ref();
      const request: ScanRequest = { id: ++lastId, sql, parameters };
      return new Promise((resolve, reject) => {
        waiting.set(request.id, { resolve, reject });
        worker!.postMessage(request);
      });
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}
