import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Answer, Question } from './block-worker.ts';
import { slotMemory } from './slots.ts';
import {
  type OpenedSegment,
  type OpenInput,
  type TaskKind,
  type Tasks,
  ThreadFailure,
} from './worker-tasks.ts';

/** A worker has its next task before it is done with the last one. */
const tasksEach = 2;

interface Task {
  question: Question;
  transfer: ArrayBuffer[];
  resolve(output: unknown): void;
  reject(error: Error): void;
}

interface Thread {
  worker: Worker;
  tasks: Map<number, Task>;
}

/**
 * Threads for what would keep the event loop from turning: hashing, compressing, encrypting and their inverses. They
 * start with the first task that finds none idle, and keep no process alive that has nothing else to do.
 */
export class WorkerPool {
  /** Where the slots are that tasks work on. */
  readonly memory: SharedArrayBuffer = slotMemory();
  readonly #size: number;
  readonly #threads: Thread[] = [];
  readonly #waiting: Task[] = [];
  #lastId = 0;
  #closed = false;

  /** @param size threads at most: as many as processors unless said */
  constructor(size = Math.max(2, availableParallelism())) {
    this.#size = size;
  }

  run<K extends Exclude<TaskKind, 'open' | 'hash'>>(kind: K, input: Tasks[K]['input']) {
    return this.#ask(kind, input, []);
  }

  /** Opens a stored segment; its bytes are handed over to the thread. */
  open(input: OpenInput): Promise<OpenedSegment> {
    return this.#ask('open', input, [input.stored.buffer]);
  }

  /** SHA-256 of bytes that are unusable meanwhile and come back with the answer. */
  hash(bytes: Uint8Array<ArrayBuffer>) {
    return this.#ask('hash', { bytes }, [bytes.buffer]);
  }

  /** Ends the threads; tasks that are not done fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const threads = this.#threads.splice(0);
    const unfinished = [...this.#waiting.splice(0), ...threads.flatMap(({ tasks }) => [...tasks.values()])];
    for (const { reject } of unfinished) reject(new ThreadFailure('The block store is closed'));
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #ask<K extends TaskKind>(kind: K, input: Tasks[K]['input'], transfer: ArrayBuffer[]) {
    return new Promise<Tasks[K]['output']>((resolve, reject) => {
      if (this.#closed) return reject(new ThreadFailure('The block store is closed'));
      const question = { id: ++this.#lastId, kind, input };
      this.#waiting.push({ question, transfer, resolve: resolve as (output: unknown) => void, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#leastBusy();
      if (!thread) return;
      const task = this.#waiting.shift()!;
      if (thread.tasks.size === 0) thread.worker.ref();
      thread.tasks.set(task.question.id, task);
      thread.worker.postMessage(task.question, task.transfer);
    }
  }

  #leastBusy(): Thread | undefined {
    let best: Thread | undefined;
    for (const thread of this.#threads)
      if (thread.tasks.size < (best?.tasks.size ?? tasksEach)) best = thread;
    if ((!best || best.tasks.size > 0) && this.#threads.length < this.#size) best = this.#start();
    return best;
  }

  #start(): Thread {
    const worker = new Worker(new URL('./block-worker.ts', import.meta.url), {
      execArgv: [],
      workerData: this.memory,
      // Pages come and go by the gigabyte: what is dropped is to be found soon.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
    });
    const thread: Thread = { worker, tasks: new Map() };
    worker.on('message', (answer: Answer) => {
      const task = thread.tasks.get(answer.id)!;
      thread.tasks.delete(answer.id);
      if (thread.tasks.size === 0) worker.unref();
      this.#dispatch();
      if ('error' in answer) task.reject(answer.error);
      else task.resolve(answer.output);
    });
    const fail = (error: Error) => {
      const position = this.#threads.indexOf(thread);
      if (position >= 0) this.#threads.splice(position, 1);
      for (const task of thread.tasks.values()) task.reject(error);
      thread.tasks.clear();
      if (!this.#closed) this.#dispatch();
    };
    worker.on('error', error =>
      fail(new ThreadFailure('A thread of the block store failed', { cause: error })),
    );
    worker.on('exit', code => fail(new ThreadFailure(`A thread of the block store ended with ${code}`)));
    worker.unref();
    this.#threads.push(thread);
    return thread;
  }
}
