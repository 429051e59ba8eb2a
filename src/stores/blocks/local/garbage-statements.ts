import type { DatabaseSync } from 'node:sqlite';

interface BlockKey {
  domain: number;
  digest: Uint8Array;
}

/** Mark and sweep in SQL: the marks lie in a temporary table, so that memory stays bounded. */
export function garbageStatements(db: DatabaseSync) {
  db.exec(
    'CREATE TEMP TABLE IF NOT EXISTS marked (domain INTEGER, digest BLOB, PRIMARY KEY (domain, digest)) WITHOUT ROWID',
  );
  const unmarkAll = db.prepare('DELETE FROM temp.marked');
  const mark = db.prepare('INSERT OR IGNORE INTO temp.marked SELECT id, ? FROM domains WHERE name = ?');
  // Keys are compared as rows: the next window begins behind the last one's end.
  const windowEnd = db.prepare(
    `SELECT domain, digest FROM blocks WHERE (domain, digest) > (?, ?) ORDER BY domain, digest LIMIT 1 OFFSET ?`,
  );
  const recipes = db.prepare(
    `SELECT domain, digest, recipe FROM blocks WHERE (domain, digest) > (?, ?) ORDER BY domain, digest LIMIT ?`,
  );
  const sweep = db.prepare(
    `DELETE FROM blocks WHERE (domain, digest) > (?, ?) AND (domain, digest) <= (?, ?)
     AND NOT EXISTS (SELECT 1 FROM temp.marked m WHERE m.domain = blocks.domain AND m.digest = blocks.digest)
     AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.domain = blocks.domain AND s.digest = blocks.digest)`,
  );
  const beginning: BlockKey = { domain: 0, digest: new Uint8Array() };
  /** Behind every key: digests have 32 bytes. */
  const end: BlockKey = { domain: Number.MAX_SAFE_INTEGER, digest: new Uint8Array() };
  let position = beginning;

  return {
    /** The recipes of the blocks that are listed, a window at a time: from the beginning without `after`. */
    recipes(count: number, after: BlockKey = beginning): { recipes: Uint8Array[]; last?: BlockKey } {
      const rows = recipes.all(after.domain, after.digest, count) as unknown as (BlockKey & {
        recipe: Uint8Array;
      })[];
      return {
        recipes: rows.map(({ recipe }) => recipe),
        last: rows.length < count ? undefined : rows.at(-1),
      };
    },
    /** Drops all marks. */
    start() {
      unmarkAll.run();
      position = beginning;
    },
    mark(blocks: Iterable<readonly [domain: string, digest: string]>) {
      if (!db.isTransaction) db.exec('BEGIN IMMEDIATE');
      for (const [domain, digest] of blocks) mark.run(Buffer.from(digest, 'hex'), domain);
    },
    /** Sweeps the next `count` blocks of the index. */
    sweepNext(count: number): { removed: number; more: boolean } {
      const last = windowEnd.get(position.domain, position.digest, count - 1) as unknown as
        | BlockKey
        | undefined;
      const until = last ?? end;
      const { changes } = sweep.run(position.domain, position.digest, until.domain, until.digest);
      position = until;
      return { removed: Number(changes), more: last !== undefined };
    },
  };
}
