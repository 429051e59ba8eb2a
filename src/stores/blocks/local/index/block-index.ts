import type { DatabaseSync } from 'node:sqlite';
import type { BlockReference } from '../../../../domain/manifest.ts';
import type { StagedEntry } from '../../block-store.ts';
import type { RecipeEntry } from '../formats/recipe-batch.ts';
import { segmentIndex } from './segment-index.ts';

/** A block index to write; every method is one step that nothing interrupts. */
export type BlockIndex = ReturnType<typeof blockIndex>;

export interface StagedBlock {
  sessionId: string;
  index: number;
  /** Null: all zeroes. */
  reference: BlockReference | null;
}

/**
 * The statements over the index. Writes gather in one open transaction that `commit` makes durable: no flush pays for
 * more than one fsync, and a deduplication hit joins its session in the transaction that looked it up.
 */
export function blockIndex(db: DatabaseSync) {
  const sql = {
    domainId: db.prepare('SELECT id FROM domains WHERE name = ?'),
    addDomain: db.prepare('INSERT INTO domains (name) VALUES (?) RETURNING id'),
    recipe: db.prepare(
      'SELECT recipe FROM blocks WHERE domain = (SELECT id FROM domains WHERE name = ?) AND digest = ?',
    ),
    addBlock: db.prepare(
      'INSERT INTO blocks (domain, digest, home, cost, recipe) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    dropBlock: db.prepare(
      'DELETE FROM blocks WHERE domain = (SELECT id FROM domains WHERE name = ?) AND digest = ?',
    ),
    domains: db.prepare('SELECT name FROM domains ORDER BY name'),
    stage: db.prepare('INSERT OR REPLACE INTO staged SELECT id, ?, ?, ? FROM sessions WHERE name = ?'),
    stageKnown: db.prepare(
      `INSERT OR REPLACE INTO staged SELECT s.id, ?, b.domain, b.digest FROM sessions s, blocks b
       WHERE s.name = ? AND b.domain = (SELECT id FROM domains WHERE name = ?) AND b.digest = ?`,
    ),
    stagedIndexes: db.prepare(
      `SELECT idx FROM staged
       WHERE session = (SELECT id FROM sessions WHERE name = ?) AND idx >= ? ORDER BY idx LIMIT ?`,
    ),
    staged: db.prepare(
      `SELECT t.idx AS idx, d.name AS domain, t.digest AS digest FROM staged t LEFT JOIN domains d ON d.id = t.domain
       WHERE t.session = (SELECT id FROM sessions WHERE name = ?) AND t.idx >= ? ORDER BY t.idx LIMIT ?`,
    ),
    addSession: db.prepare('INSERT INTO sessions (name, domain) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    session: db.prepare('SELECT domain FROM sessions WHERE name = ?'),
    sessions: db.prepare('SELECT name FROM sessions ORDER BY name'),
    dropStaged: db.prepare('DELETE FROM staged WHERE session = (SELECT id FROM sessions WHERE name = ?)'),
    dropSession: db.prepare('DELETE FROM sessions WHERE name = ?'),
    addPack: db.prepare(
      'INSERT INTO packs (id, sealed) VALUES (?, ?) ON CONFLICT DO UPDATE SET sealed = max(sealed, excluded.sealed)',
    ),
    packs: db.prepare('SELECT id, sealed FROM packs ORDER BY id'),
    lastPack: db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'packs'"),
    emptyPacks: db.prepare(
      `SELECT id FROM packs p WHERE sealed = 1 AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.pack = p.id)
       AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.home = p.id)`,
    ),
    dropPack: db.prepare('DELETE FROM packs WHERE id = ?'),
    homeBytes: db.prepare('SELECT total(38 + length(recipe)) AS bytes FROM blocks WHERE home = ?'),
    homeDomains: db.prepare(
      'SELECT name FROM domains WHERE id IN (SELECT DISTINCT domain FROM blocks WHERE home = ?)',
    ),
    homed: db.prepare(
      `SELECT digest, cost, recipe FROM blocks
       WHERE home = ? AND domain = (SELECT id FROM domains WHERE name = ?) AND digest > ? ORDER BY digest LIMIT ?`,
    ),
    moveHome: db.prepare(
      'UPDATE blocks SET home = ? WHERE domain = (SELECT id FROM domains WHERE name = ?) AND digest = ? AND home = ?',
    ),
  };

  const begin = () => {
    if (!db.isTransaction) db.exec('BEGIN IMMEDIATE');
  };
  const domainId = (name: string): number =>
    ((sql.domainId.get(name) ?? sql.addDomain.get(name)) as { id: number }).id;
  const key = (digest: string) => Buffer.from(digest, 'hex');

  return {
    db,
    begin,
    /** Makes everything so far durable. */
    commit() {
      if (db.isTransaction) db.exec('COMMIT');
    },
    rollback() {
      if (db.isTransaction) db.exec('ROLLBACK');
    },
    segments: segmentIndex(db, domainId),
    /** A block's recipe with its tag; undefined if the index does not list the block. */
    recipe: ({ domain, digest }: BlockReference) =>
      sql.recipe.get(domain, key(digest))?.recipe as Uint8Array | undefined,
    /** Lists a block whose recipe, and the segments it names, are on disk. */
    addBlock(domain: string, { digest, cost, recipe }: RecipeEntry, home: number) {
      begin();
      sql.addBlock.run(domainId(domain), key(digest), home, cost, recipe);
    },
    /** Forgets what is known of a block, so that it can be listed anew. */
    dropBlock({ domain, digest }: BlockReference) {
      begin();
      sql.dropBlock.run(domain, key(digest));
    },
    /** Names of all key domains that ever had a block here. */
    domains: () => sql.domains.all().map(row => row.name as string),

    /** Stages a block that is in the index, in the statement that looks it up; false if it is not there. */
    stageKnown(sessionId: string, index: number, { domain, digest }: BlockReference): boolean {
      begin();
      return sql.stageKnown.run(index, sessionId, domain, key(digest)).changes === 1;
    },
    stage({ sessionId, index, reference }: StagedBlock) {
      begin();
      if (reference) sql.stage.run(index, domainId(reference.domain), key(reference.digest), sessionId);
      else sql.stage.run(index, null, null, sessionId);
    },
    /** The first `limit` block indexes a session has staged, from `from` on. */
    stagedIndexes: (sessionId: string, from: number, limit: number) =>
      sql.stagedIndexes.all(sessionId, from, limit).map(row => row.idx as number),
    /** The first `limit` blocks a session has staged, from index `from` on. */
    staged(sessionId: string, from: number, limit: number): StagedEntry[] {
      const rows = sql.staged.all(sessionId, from, limit) as {
        idx: number;
        domain: string | null;
        digest: Uint8Array | null;
      }[];
      return rows.map(({ idx, domain, digest }) => [
        idx,
        domain !== null && digest ? { domain, digest: Buffer.from(digest).toString('hex') } : null,
      ]);
    },

    addSession(sessionId: string, domain: string) {
      begin();
      sql.addSession.run(sessionId, domain);
    },
    /** The key domain of an open session. */
    session: (sessionId: string) => sql.session.get(sessionId)?.domain as string | undefined,
    sessions: () => sql.sessions.all().map(row => row.name as string),
    endSession(sessionId: string) {
      begin();
      sql.dropStaged.run(sessionId);
      sql.dropSession.run(sessionId);
    },

    /** Lists a pack that may hold something durable. */
    addPack(pack: number) {
      begin();
      sql.addPack.run(pack, 0);
    },
    sealPack(pack: number) {
      begin();
      sql.addPack.run(pack, 1);
    },
    packs: () => sql.packs.all().map(row => ({ pack: row.id as number, sealed: row.sealed === 1 })),
    /** The highest number a pack ever had: numbers are not given twice. */
    lastPack: () => (sql.lastPack.get()?.seq as number | undefined) ?? 0,
    /** Sealed packs that hold no listed segment and no listed block's recipe. */
    emptyPacks: () => sql.emptyPacks.all().map(row => row.id as number),
    dropPack(pack: number) {
      begin();
      sql.dropPack.run(pack);
    },
    /** Bytes of the recipes whose home a pack is, in batches. */
    homeBytes: (pack: number) => sql.homeBytes.get(pack)!.bytes as number,
    /** Key domains of the blocks whose recipes' home a pack is. */
    homeDomains: (pack: number) => sql.homeDomains.all(pack).map(row => row.name as string),
    /** The next `limit` of these blocks behind digest `after`, ascending. */
    homed: (pack: number, domain: string, after: string, limit: number): RecipeEntry[] =>
      sql.homed.all(pack, domain, key(after), limit).map(row => ({
        digest: Buffer.from(row.digest as Uint8Array).toString('hex'),
        cost: row.cost as number,
        recipe: row.recipe as Uint8Array,
      })),
    /** A block's recipe lies in another pack; nothing happens if it was not in pack `from`. */
    moveHome({ domain, digest }: BlockReference, from: number, to: number) {
      begin();
      sql.moveHome.run(to, domain, key(digest), from);
    },
    close() {
      db.close();
    },
  };
}
