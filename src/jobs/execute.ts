import type { Job } from '../domain/job.ts';
import type { Log } from '../log.ts';
import { type JobKind, PermanentFailure, type RunningJob } from './job.ts';
import type { JobInputs, JobName } from './kinds.ts';
import type { Leases } from './leases.ts';

/** Any of the kinds of job that work with these services. */
export type AnyJobKind<Services> = { [Name in JobName]: JobKind<Name, Services> }[JobName];

export interface Execution<Services> {
  kinds: ReadonlyMap<string, AnyJobKind<Services>>;
  services: Services;
  leases: Leases;
  log: Log;
  /** Milliseconds to wait after the failed try of that number, from 1. */
  backoff(attempt: number): number;
}

/** A kind whose input is known only to itself. */
type AnyKind<Services> = JobKind<JobName, Services>;
const defaultAttempts = 3;
/** Tries to settle the records of a failed job, which keeps its subject waiting: more than a job gets, but not for ever. */
const settleAttempts = 10;

/**
 * Tries a leased job once and records how that went. Whatever `run` does after an abort, the job is let go to be
 * resumed. @throws LeaseLost, or what the database throws: the job is then due again when its lease runs out.
 */
export async function execute<Services>(
  job: Job,
  signal: AbortSignal,
  execution: Execution<Services>,
): Promise<void> {
  const kind = execution.kinds.get(job.kind) as AnyKind<Services> | undefined;
  const running = runningJob(job, signal, execution.leases);
  if (job.state === 'failing') return settle(job, kind, running, execution);
  const thrown = await outcomeOf(() => {
    if (!kind) throw new PermanentFailure('InternalError', `There is no job of the kind '${job.kind}'`);
    return kind.run(running, execution.services);
  });
  if (signal.aborted) await execution.leases.release(job.jobId);
  else if (!thrown) await execution.leases.complete(job.jobId);
  else await failedTry(job, kind, running, execution, thrown);
}

async function failedTry<Services>(
  job: Job,
  kind: AnyKind<Services> | undefined,
  running: RunningJob<JobInputs[JobName]>,
  execution: Execution<Services>,
  thrown: Error,
): Promise<void> {
  const { leases, log, backoff } = execution;
  const attempt = job.attempts + 1;
  const about = { jobId: job.jobId, kind: job.kind, subject: job.subject, attempt, error: thrown };
  if (!(thrown instanceof PermanentFailure) && attempt < (kind?.attempts ?? defaultAttempts)) {
    log.info('a job failed and will be tried again', about);
    await leases.retry(job.jobId, thrown.message, backoff(attempt));
    return;
  }
  log.error('a job failed for good', about);
  const code = thrown instanceof PermanentFailure ? thrown.code : undefined;
  await settle(await leases.giveUp(job.jobId, thrown.message, code), kind, running, execution);
}

/** Lets the kind settle the records of a job that was given up, then closes the job. */
async function settle<Services>(
  job: Job,
  kind: AnyKind<Services> | undefined,
  running: RunningJob<JobInputs[JobName]>,
  { services, leases, log, backoff }: Execution<Services>,
): Promise<void> {
  const thrown = await outcomeOf(async () => kind?.failed(running, reasonOf(job), services));
  if (!thrown) {
    await leases.fail(job.jobId);
    return;
  }
  if (running.signal.aborted) {
    await leases.release(job.jobId);
    return;
  }
  const attempt = job.attempts + 1;
  log.error('a failed job could not be settled', {
    jobId: job.jobId,
    kind: job.kind,
    attempt,
    error: thrown,
  });
  if (attempt < settleAttempts) await leases.retry(job.jobId, job.error ?? thrown.message, backoff(attempt));
  else await leases.fail(job.jobId);
}

function reasonOf({ error = 'Unknown', errorCode }: Job): Error {
  return errorCode === undefined ? new Error(error) : new PermanentFailure(errorCode, error);
}

function runningJob(job: Job, signal: AbortSignal, leases: Leases): RunningJob<JobInputs[JobName]> {
  let checkpoint = job.checkpoint;
  return {
    jobId: job.jobId,
    subject: job.subject,
    input: job.input as JobInputs[JobName],
    signal,
    get checkpoint() {
      return checkpoint;
    },
    async save(next, work) {
      await leases.save(job.jobId, next, work);
      checkpoint = next;
    },
  };
}

/** What `work` threw, as an Error; undefined when it went well. */
async function outcomeOf(work: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  }
}
