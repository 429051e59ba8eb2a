import type { DatabaseSync } from 'node:sqlite';
import type { BlockReference } from '../../../domain/manifest.ts';
import type { StagedEntry } from '../block-store.ts';
import type { Location } from './pack-files.ts';
import type { PackEntry } from './pack-format.ts';

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
    find: db.prepare(
      'SELECT pack, offset, length FROM blocks WHERE domain = (SELECT id FROM domains WHERE name = ?) AND digest = ?',
    ),
    addBlock: db.prepare(
      'INSERT INTO blocks (domain, digest, pack, offset, length) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
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
    packEntries: db.prepare(
      'SELECT d.name AS domain, b.digest, b.offset, b.length FROM blocks b JOIN domains d ON d.id = b.domain WHERE b.pack = ? ORDER BY b.offset',
    ),
    emptyPacks: db.prepare(
      'SELECT id FROM packs p WHERE sealed = 1 AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.pack = p.id)',
    ),
    dropPack: db.prepare('DELETE FROM packs WHERE id = ?'),
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
    find: ({ domain, digest }: BlockReference) => sql.find.get(domain, key(digest)) as Location | undefined,

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

    /** Lists blocks whose bytes are on disk. */
    addBlocks(pack: number, entries: Iterable<PackEntry>) {
      begin();
      sql.addPack.run(pack, 0);
      for (const { reference, offset, length } of entries)
        sql.addBlock.run(domainId(reference.domain), key(reference.digest), pack, offset, length);
    },
    sealPack(pack: number) {
      begin();
      sql.addPack.run(pack, 1);
    },
    packs: () => sql.packs.all().map(row => ({ pack: row.id as number, sealed: row.sealed === 1 })),
    /** The highest number a pack ever had: numbers are not given twice. */
    lastPack: () => (sql.lastPack.get()?.seq as number | undefined) ?? 0,
    packEntries: (pack: number): PackEntry[] =>
      sql.packEntries.all(pack).map(row => ({
        reference: {
          domain: row.domain as string,
          digest: Buffer.from(row.digest as Uint8Array).toString('hex'),
        },
        offset: row.offset as number,
        length: row.length as number,
      })),
    /** Sealed packs in which the index lists no block. */
    emptyPacks: () => sql.emptyPacks.all().map(row => row.id as number),
    dropPack(pack: number) {
      begin();
      sql.dropPack.run(pack);
    },
    close() {
      db.close();
    },
  };
}
