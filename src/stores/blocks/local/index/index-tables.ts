/** What is as it was in version 1. A row of `staged` keeps its block alive until its session ends. */
export const commonTables = `
  CREATE TABLE domains (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE packs (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE sessions (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, domain TEXT NOT NULL);
  CREATE TABLE staged (
    session INTEGER NOT NULL, idx INTEGER NOT NULL, domain INTEGER, digest BLOB,
    PRIMARY KEY (session, idx)
  ) WITHOUT ROWID;
  CREATE INDEX staged_block ON staged (domain, digest);
`;

/**
 * No row of `segments` or `blocks` names bytes that are not on disk: rows are written after their pack's fdatasync.
 * `fingerprints` are 12 bytes for each page of a segment; null where nobody has seen the pages since the index was
 * lost; and for a segment in format 1 what binds it to its block (`segmentBinding`).
 */
export const segmentTables = `
  CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, domain INTEGER NOT NULL,
    pack INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    pages INTEGER NOT NULL, format INTEGER NOT NULL, fingerprints BLOB
  );
  CREATE TABLE blocks (
    domain INTEGER NOT NULL, digest BLOB NOT NULL,
    home INTEGER NOT NULL, cost INTEGER NOT NULL, recipe BLOB NOT NULL,
    PRIMARY KEY (domain, digest)
  ) WITHOUT ROWID;
  CREATE INDEX blocks_home ON blocks (home);
  CREATE TABLE hooks (
    domain INTEGER NOT NULL, hook INTEGER NOT NULL, segment INTEGER NOT NULL,
    PRIMARY KEY (domain, hook)
  ) WITHOUT ROWID;
`;

/**
 * Covers the sweep of garbage, which goes through all segments and must not read their fingerprints. Earlier indexes of
 * version 2 have one of the pack alone.
 */
export const segmentsByPack = `
  CREATE INDEX IF NOT EXISTS segments_by_pack ON segments (pack, id, length);
  DROP INDEX IF EXISTS segments_pack;
`;
