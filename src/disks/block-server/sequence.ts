import { blockSize } from '../../domain/manifest.ts';

/** Bytes by which reads of one run may come out of order: clients keep several under way. */
const slack = blockSize;
/** Of a run before anything is read ahead. */
const shortRun = blockSize;
/** Of a run that is no boot any more: a whole disk is being read. */
const longRun = 16 * 1024 * 1024;
/** Read ahead at most. */
const maxWindow = 16 * 1024 * 1024;

/** What reads so far say about the next ones. */
export interface Sequence {
  /** @returns where reading ahead should have got to, in bytes; undefined while there is nothing to see */
  note(offset: number, length: number): number | undefined;
  /** It reads a whole disk. */
  readonly isScan: boolean;
}

/** Follows one reader. The window grows with the run, so that a wrong guess costs no more than was read before. */
export function sequence(): Sequence {
  let expected = 0;
  let run = 0;
  return {
    note(offset, length) {
      const end = offset + length;
      if (Math.abs(offset - expected) <= slack) run += Math.max(0, end - expected);
      else run = 0;
      expected = run === 0 ? end : Math.max(expected, end);
      return run < shortRun ? undefined : expected + Math.min(run, maxWindow);
    },
    get isScan() {
      return run >= longRun;
    },
  };
}
