import { DatabaseSync } from 'node:sqlite';
import type { KeyRing } from '../keys/key-ring.ts';
import { indexDomains, migrateIndex1 } from './index-migration.ts';
import { commonTables, segmentsByPack, segmentTables } from './index-tables.ts';

const schemaVersion = 2;

/** Opens the block index to write; makes it, or brings one of version 1 up to date, in one transaction. */
export async function openIndexFile(path: string, keys: KeyRing): Promise<DatabaseSync> {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;');
    // A crash between creating the file and its tables leaves version 0: the transaction makes it all or nothing.
    if (versionOf(db) === 0) inTransaction(db, () => db.exec(commonTables + segmentTables));
    if (versionOf(db) === 1) {
      const known = new Map(
        await Promise.all(
          indexDomains(db).map(async name => [name, await keys.find(name).catch(() => undefined)] as const),
        ),
      );
      inTransaction(db, () => migrateIndex1(db, known));
    }
    checkVersion(db, path);
    inTransaction(db, () => db.exec(segmentsByPack));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** For another process: sees what is committed. */
export function openIndexFileReadOnly(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    checkVersion(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec(`PRAGMA user_version=${schemaVersion}; COMMIT;`);
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function checkVersion(db: DatabaseSync, path: string): void {
  const found = versionOf(db);
  if (found !== schemaVersion)
    throw new Error(`The block index ${path} has version ${found}; this program reads ${schemaVersion}`);
}

function versionOf(db: DatabaseSync): number {
  return db.prepare('PRAGMA user_version').get()!.user_version as number;
}
