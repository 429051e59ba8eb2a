import { RecordsUnavailable } from './records-unavailable.ts';

/** What the operator can do about an SQLite result code (https://sqlite.org/rescode.html). */
const remedies = new Map<number, (file: string) => string>([
  [5, file => `Another program is writing to ${file}: stop it and try again.`],
  [8, file => `${file} cannot be written: give this user write permission to it and its folder.`],
  [10, file => `Reading or writing ${file} failed: check the disk and the system's log.`],
  [11, file => `${file} is damaged: restore it from a backup.`],
  [13, file => `The disk that holds ${file} is full: free some space and try again.`],
  [14, file => `${file} cannot be opened: give this user read and write permission to it and its folder.`],
  [26, file => `${file} is not a database of Amity: move it away or choose another folder.`],
]);

/** Puts an SQLite error about the file or its disk into a sentence; any other error stays as it is. */
export function explainSqliteError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  // The low byte is the primary code, the rest says where it happened.
  const remedy = remedies.get(error.errcode & 0xff);
  return remedy ? new RecordsUnavailable(remedy(file), { cause: error }) : error;
}
