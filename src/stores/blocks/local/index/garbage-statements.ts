import type { DatabaseSync } from 'node:sqlite';

export interface BlockKey {
  domain: number;
  digest: Uint8Array;
}

const beginning: BlockKey = { domain: 0, digest: new Uint8Array() };
/** No row of `blocks` is shorter, so that an index has no more blocks than fit its file. */
const shortestRow = 64;

/** What the collection of garbage asks of the index: windows of rows, each a few milliseconds' work. */
export function garbageStatements(db: DatabaseSync) {
  // Keys are compared as rows: the next window begins behind the last one's end.
  const keys = db.prepare(
    'SELECT domain, digest FROM blocks WHERE (domain, digest) > (?, ?) ORDER BY domain, digest LIMIT ?',
  );
  const recipes = db.prepare(
    'SELECT domain, digest, recipe FROM blocks WHERE (domain, digest) > (?, ?) ORDER BY domain, digest LIMIT ?',
  );
  for (const statement of [keys, recipes]) statement.setReturnArrays(true);
  const isStaged = db.prepare('SELECT 1 FROM staged WHERE domain = ? AND digest = ? LIMIT 1');
  const drop = db.prepare('DELETE FROM blocks WHERE domain = ? AND digest = ?');
  const domainId = db.prepare('SELECT id FROM domains WHERE name = ?');
  const pages = db.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size');

  const lastOf = (rows: unknown[][], count: number): BlockKey | undefined => {
    const last = rows.length < count ? undefined : rows.at(-1);
    return last && { domain: last[0] as number, digest: last[1] as Uint8Array };
  };
  return {
    /** What the index calls a key domain; undefined if none of its blocks is listed. */
    domainId: (name: string) => domainId.get(name)?.id as number | undefined,
    /** More blocks than this are not listed. */
    mostBlocks: () => (pages.get()!.bytes as number) / shortestRow,
    /** The recipes of the next `count` blocks: from the beginning without `after`. */
    recipes(count: number, after = beginning): { recipes: Uint8Array[]; last?: BlockKey } {
      const rows = recipes.all(after.domain, after.digest, count) as unknown as unknown[][];
      return { recipes: rows.map(row => row[2] as Uint8Array), last: lastOf(rows, count) };
    },
    /** Drops those of the next `count` blocks that neither live nor are staged. */
    sweep(count: number, isLive: (domain: number, digest: Uint8Array) => boolean, after = beginning) {
      const rows = keys.all(after.domain, after.digest, count) as unknown as [number, Uint8Array][];
      let removed = 0;
      for (const [domain, digest] of rows) {
        if (isLive(domain, digest) || isStaged.get(domain, digest)) continue;
        drop.run(domain, digest);
        removed++;
      }
      return { removed, last: lastOf(rows, count) };
    },
  };
}
