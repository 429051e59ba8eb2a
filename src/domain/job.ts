/** Durable work longer than a request: a row, leased by one runner, checkpointed, resumed after a crash. */
export interface Job {
  jobId: string;
  kind: string;
  /** What the job is about (an instance id, an image id): jobs of one subject run one at a time, in order of creation. */
  subject: string;
  input: unknown;
  /** What the job wrote of its own progress; undefined before its first checkpoint. */
  checkpoint?: unknown;
  /** `failing`: given up, its records still to be settled. A job that is done is deleted. */
  state: 'queued' | 'failing' | 'failed';
  /** Failed tries in this state. */
  attempts: number;
  createTime: string;
  /** Not before this time (retry delay, lease of a runner that may have died); once failed, when that was. */
  runAfter: string;
  leasedBy?: string;
  /** Why the last try failed. */
  error?: string;
  /** The code of a permanent failure. */
  errorCode?: string;
}
