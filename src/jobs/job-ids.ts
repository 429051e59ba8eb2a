import { randomBytes } from 'node:crypto';

/** Ids that sort by time of creation, within a millisecond by a counter: `job-<11 hex ms><5 hex counter>-<8 hex>`. */
export interface JobIds {
  next(): string;
  /** Makes all further ids sort after this one, should the clock have been set back since. */
  continueAfter(jobId: string): void;
}

const timeDigits = 11;
const counterDigits = 5;
const counterLimit = 16 ** counterDigits;
const form = new RegExp(`^job-([0-9a-f]{${timeDigits}})([0-9a-f]{${counterDigits}})-[0-9a-f]{8}$`);

export function createJobIds(now: () => Date): JobIds {
  let time = 0;
  let counter = 0;

  return {
    next() {
      const current = now().getTime();
      if (current > time) {
        time = current;
        counter = 0;
      } else if (++counter === counterLimit) {
        time++;
        counter = 0;
      }
      // The last part tells apart the ids of servers that share a database.
      return `job-${hex(time, timeDigits)}${hex(counter, counterDigits)}-${randomBytes(4).toString('hex')}`;
    },

    continueAfter(jobId) {
      const [, hexTime, hexCounter] = form.exec(jobId) ?? [];
      if (!hexTime || !hexCounter) return;
      const given = { time: Number.parseInt(hexTime, 16), counter: Number.parseInt(hexCounter, 16) };
      if (given.time > time || (given.time === time && given.counter > counter)) ({ time, counter } = given);
    },
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
