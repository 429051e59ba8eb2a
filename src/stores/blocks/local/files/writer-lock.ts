import { DatabaseSync } from 'node:sqlite';

/** Keeps a second writer out of the folder, in any process; the system drops the lock when its holder dies. */
export function lockWriter(path: string): { release(): void } {
  // An exclusive transaction on an SQLite file of its own is a file lock that Node can take without an add-on.
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    throw new Error(`Another process writes to this block store (${path}): stop it first`, { cause });
  }
  return { release: () => db.close() };
}
