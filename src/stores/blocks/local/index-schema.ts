import { DatabaseSync } from 'node:sqlite';

/**
 * The block index. `blocks` never names bytes that are not on disk: its rows are written after their pack's fdatasync.
 * A row of `staged` keeps its block alive until its session ends.
 */
const schema = `
  CREATE TABLE domains (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE packs (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE blocks (
    domain INTEGER NOT NULL, digest BLOB NOT NULL,
    pack INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (domain, digest)
  ) WITHOUT ROWID;
  CREATE INDEX blocks_pack ON blocks (pack);
  CREATE TABLE sessions (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, domain TEXT NOT NULL);
  CREATE TABLE staged (
    session INTEGER NOT NULL, idx INTEGER NOT NULL, domain INTEGER, digest BLOB,
    PRIMARY KEY (session, idx)
  ) WITHOUT ROWID;
  CREATE INDEX staged_block ON staged (domain, digest);
`;
const schemaVersion = 1;

export function openIndexFile(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;');
    // A crash between creating the file and its tables leaves version 0: the transaction makes it all or nothing.
    if (versionOf(db) === 0)
      db.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version=${schemaVersion}; COMMIT;`);
    checkVersion(db, path);
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

function checkVersion(db: DatabaseSync, path: string): void {
  const found = versionOf(db);
  if (found !== schemaVersion)
    throw new Error(`The block index ${path} has version ${found}; this program reads ${schemaVersion}`);
}

function versionOf(db: DatabaseSync): number {
  return db.prepare('PRAGMA user_version').get()!.user_version as number;
}
