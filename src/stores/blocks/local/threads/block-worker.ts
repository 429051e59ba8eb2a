/** A thread that digests, fingerprints, seals and opens (worker-tasks.ts), for worker-pool.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { slotsOver } from './slots.ts';
import { type OpenedSegment, slotTasks, type TaskKind, type Tasks } from './worker-tasks.ts';

export interface Question {
  id: number;
  kind: TaskKind;
  input: Tasks[TaskKind]['input'];
}

export type Answer = { id: number; output: Tasks[TaskKind]['output'] } | { id: number; error: Error };

const port = parentPort!;
const tasks = slotTasks(slotsOver(workerData as SharedArrayBuffer));
port.on('message', ({ id, kind, input }: Question) => {
  let answer: Answer;
  try {
    answer = { id, output: (tasks[kind] as (input: unknown) => Tasks[TaskKind]['output'])(input) };
  } catch (error) {
    answer = { id, error: error as Error };
  }
  port.postMessage(answer, 'output' in answer ? handedOver(kind, answer.output) : []);
});

/** Memory that goes to the asker instead of being copied. */
function handedOver(kind: TaskKind, output: Tasks[TaskKind]['output']): ArrayBuffer[] {
  if (kind === 'open') return [(output as OpenedSegment).plain.buffer];
  if (kind === 'hash') return [(output as Tasks['hash']['output']).bytes.buffer];
  return [];
}
