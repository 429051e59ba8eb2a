import type { Job } from '../domain/job.ts';
import type { Log } from '../log.ts';
import type { RegionDatabase } from '../stores/records/database.ts';
import { findDueJobs } from './due-jobs.ts';
import { type AnyJobKind, execute } from './execute.ts';
import type { JobQueue } from './job.ts';
import { createLeases, LeaseLost } from './leases.ts';
import { pruneFailedJobs } from './prune.ts';
import type { ListenedJobQueue } from './queue.ts';

export interface JobRunnerOptions<Services> {
  records: RegionDatabase;
  queue: ListenedJobQueue;
  /** At most one of each kind. */
  kinds: readonly AnyJobKind<Services>[];
  services: Services;
  now(): Date;
  log: Log;
  /** Another at every start of a server: leases of the one before are not its own. */
  runnerId: string;
  /** No other runner can be alive on these records: takes all leases at once instead of waiting for their end. */
  takeOver?: boolean;
  /** Jobs at a time; 16 unless said. */
  concurrency?: number;
  /** Milliseconds a job stays with a runner that gives no sign of life; a minute unless said. */
  lease?: number;
  /** Milliseconds between looks when nothing wakes the runner; a second unless said. */
  poll?: number;
  /** Milliseconds to wait after the failed try of that number; 1, 4, 16 … 300 s unless said. */
  backoff?(attempt: number): number;
  /** Milliseconds `stop` waits for jobs to end; 30 s unless said. */
  grace?: number;
}

export interface JobRunner extends JobQueue {
  start(): Promise<void>;
  /** Aborts what runs and waits for it; unfinished jobs stay queued. */
  stop(): Promise<void>;
  /** Resolves when nothing is queued, waiting or running. */
  idle(): Promise<void>;
}

const hour = 60 * 60 * 1000;

/**
 * Runs a region's jobs: those of one subject one at a time in order of creation, different subjects side by side.
 * A job is leased while it runs, so that one whose runner has died is taken up by another.
 */
export function createJobRunner<Services>(options: JobRunnerOptions<Services>): JobRunner {
  const { records, queue, now, log, concurrency = 16, lease = 60_000, poll = 1000, grace = 30_000 } = options;
  const { services, backoff = attempt => Math.min(1000 * 4 ** (attempt - 1), 300_000) } = options;
  const kinds = new Map(options.kinds.map(kind => [kind.kind as string, kind]));
  const leases = createLeases({ records, runnerId: options.runnerId, now, lease });
  const running = new Map<string, { subject: string; abort: AbortController; ended: Promise<void> }>();
  let idlers: PromiseWithResolvers<void>[] = [];
  let state: 'new' | 'started' | 'stopped' = 'new';
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let nextLook: NodeJS.Timeout | undefined;
  const intervals: NodeJS.Timeout[] = [];

  /** Looks for due jobs; a look asked for meanwhile follows at once. */
  function look(): void {
    lookAgain = true;
    if (state === 'started') looking ??= lookUntilQuiet();
  }

  async function lookUntilQuiet(): Promise<void> {
    while (lookAgain && state === 'started') {
      lookAgain = false;
      clearTimeout(nextLook);
      const wait = await startDueJobs().catch(error => {
        log.error('the job queue could not be read', { error });
        return poll;
      });
      if (state === 'started') nextLook = setTimeout(look, wait);
    }
    looking = undefined;
  }

  /** @returns milliseconds until the next look, if nothing wakes the runner. */
  async function startDueJobs(): Promise<number> {
    const subjects = [...running.values()].map(({ subject }) => subject);
    const found = await findDueJobs(records.read, subjects, now().toISOString(), concurrency - running.size);
    const claims = await Promise.allSettled(found.jobs.map(leases.claim));
    for (const claim of claims) {
      if (claim.status === 'rejected') log.error('a job could not be taken', { error: claim.reason });
      else if (claim.value) run(claim.value);
    }
    if (!found.any && running.size === 0 && !lookAgain) {
      for (const { resolve } of idlers) resolve();
      idlers = [];
    }
    const due = found.nextDue ? Date.parse(found.nextDue) - now().getTime() : poll;
    return Math.max(1, Math.min(due, poll));
  }

  function run(job: Job): void {
    const abort = new AbortController();
    if (state === 'stopped') abort.abort();
    const about = { jobId: job.jobId, kind: job.kind, subject: job.subject };
    const ended = execute(job, abort.signal, { kinds, services, leases, log, backoff })
      .catch(error => {
        if (error instanceof LeaseLost) log.info('a job was taken by another runner', about);
        else
          log.error('the outcome of a job could not be recorded: it will be run again', { ...about, error });
      })
      .finally(() => {
        running.delete(job.jobId);
        look();
      });
    running.set(job.jobId, { subject: job.subject, abort, ended });
  }

  async function renewLeases(): Promise<void> {
    if (running.size === 0) return;
    const lost = await leases.renew([...running.keys()]);
    for (const jobId of lost)
      running.get(jobId)?.abort.abort(new LeaseLost(`Another runner has taken ${jobId}`));
  }

  /** Repeats `work`, whose failure is logged and no more: the next time may go better. */
  function every(milliseconds: number, work: () => Promise<void>): void {
    const attempt = () =>
      void work().catch(error => log.error('looking after the job queue failed', { error }));
    intervals.push(setInterval(attempt, milliseconds));
  }

  return {
    enqueue: queue.enqueue,
    wake: queue.wake,

    async start() {
      if (options.takeOver) for (const job of await leases.takeOver()) queue.continueAfter(job.jobId);
      await pruneFailedJobs(records, now());
      state = 'started';
      queue.onWake(look);
      every(lease / 3, renewLeases);
      every(hour, () => pruneFailedJobs(records, now()));
      look();
    },

    async stop() {
      state = 'stopped';
      clearTimeout(nextLook);
      await looking;
      for (const { abort } of running.values()) abort.abort(new Error('The server stops'));
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise(resolve => (timer = setTimeout(resolve, grace)));
      await Promise.race([Promise.all([...running.values()].map(({ ended }) => ended)), patience]);
      clearTimeout(timer);
      // Until here: a job that is slow to end keeps its lease.
      for (const interval of intervals) clearInterval(interval);
      for (const { reject } of idlers) reject(new Error('The job runner was stopped'));
      idlers = [];
    },

    async idle() {
      if (state === 'stopped') throw new Error('The job runner was stopped');
      const idler = Promise.withResolvers<void>();
      idlers.push(idler);
      look();
      return idler.promise;
    },
  };
}
