/** Scalars as text: in the query protocols everywhere, in the others in paths, query strings and headers. */
import type { Scalar } from './model.ts';

type ScalarValue = string | boolean | number | Date | Buffer;

const integerPattern = /^-?\d{1,16}$/;
const doublePattern = /^-?\d{1,16}(\.\d{1,20})?([eE][+-]?\d{1,2})?$/;
const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/;
const timestampPattern = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** What a kind's text must look like, for error messages. */
export const expectation: Record<Scalar['kind'], string> = {
  string: 'a string',
  boolean: 'true or false',
  integer: 'an integer',
  double: 'a number',
  timestamp: 'a time such as 2024-05-10T13:17:12.000Z',
  blob: 'base64',
};

/** The value of `text`, or undefined where it is not one of this kind or out of bounds. */
export function parseScalar(kind: Scalar['kind'], text: string): ScalarValue | undefined {
  switch (kind) {
    case 'string':
      return text;
    case 'boolean':
      return parseBoolean(text.toLowerCase());
    case 'integer':
      return safe(integerPattern.test(text) ? Number(text) : undefined);
    case 'double':
      return doublePattern.test(text) ? Number(text) : undefined;
    case 'timestamp':
      return parseTimestamp(text);
    case 'blob':
      return parseBase64(text);
  }
}

/** The text of a value as it stands in XML. Timestamps carry milliseconds, as those of EC2 do. */
export function formatScalar(value: ScalarValue | Uint8Array): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return String(value);
}

function parseBoolean(text: string): boolean | undefined {
  return text === 'true' || (text === 'false' ? false : undefined);
}

function safe(number: number | undefined): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined;
}

/** ISO 8601; a time without a zone is UTC, a date alone its midnight. Days that no calendar has are refused. */
function parseTimestamp(text: string): Date | undefined {
  const match = timestampPattern.exec(text);
  if (!match) return undefined;
  const [, day, time, , , zone] = match;
  const midnight = new Date(`${day}T00:00:00Z`);
  const calendarHasDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day!);
  const date = time ? new Date(zone ? text : `${text}Z`) : midnight;
  return calendarHasDay && !Number.isNaN(date.getTime()) ? date : undefined;
}

function parseBase64(text: string): Buffer | undefined {
  const compact = text.replace(/\s+/g, '');
  return base64Pattern.test(compact) && compact.length % 4 !== 1 ? Buffer.from(compact, 'base64') : undefined;
}
