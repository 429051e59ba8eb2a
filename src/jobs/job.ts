import type { RegionWriter } from '../stores/records/database.ts';
import type { JobInputs, JobName } from './kinds.ts';

/** A kind of job. `run` may be called again after a crash at any point: check what is done, then do the rest. */
export interface JobKind<Name extends JobName, Services> {
  kind: Name;
  run(job: RunningJob<JobInputs[Name]>, services: Services): Promise<void>;
  /** Called when the job has failed for good: settles the records it was about. Called again after a crash meanwhile. */
  failed(job: RunningJob<JobInputs[Name]>, reason: Error, services: Services): Promise<void>;
  /** Tries before it fails for good; 3 unless said. */
  attempts?: number;
}

export interface RunningJob<Input> {
  readonly jobId: string;
  readonly subject: string;
  readonly input: Input;
  readonly checkpoint: unknown;
  /** Saves progress durably, together with changes to records when `work` is given. */
  save(checkpoint: unknown, work?: (records: RegionWriter) => Promise<void>): Promise<void>;
  /**
   * Aborted when the server stops: however `run` then ends, the job is resumed by the next one. Pass it to all that
   * waits, and let what it throws go through.
   */
  readonly signal: AbortSignal;
}

/** Enqueues a job inside the transaction that writes the record it is about; implemented by the runner. */
export interface JobQueue {
  enqueue<Name extends JobName>(
    records: RegionWriter,
    kind: Name,
    subject: string,
    input: JobInputs[Name],
  ): Promise<void>;
  /** Tells the runner to look now instead of at its next poll. */
  wake(): void;
}

/** Thrown by a job that must not be tried again: its message becomes the resource's state reason. */
export class PermanentFailure extends Error {
  override name = 'PermanentFailure';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
