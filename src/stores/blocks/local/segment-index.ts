import type { DatabaseSync } from 'node:sqlite';
import { fingerprintLength, hooksOf } from './fingerprints.ts';
import type { PackedSegment } from './pack-format.ts';
import type { SegmentFormat } from './segment-cipher.ts';

/** Where a segment lies, and how it is to be read. */
export interface SegmentLocation {
  pack: number;
  offset: number;
  length: number;
  pages: number;
  format: SegmentFormat;
  /** Of a segment in format 1: what binds it to its block. */
  binding?: Uint8Array;
}

export interface IndexedSegment extends PackedSegment {
  pack: number;
  /** 12 bytes for each page; or the binding of a segment in format 1. */
  fingerprints: Uint8Array | null;
}

/** The statements over segments and hooks. */
export function segmentIndex(db: DatabaseSync, domainId: (name: string) => number) {
  const sql = {
    find: db.prepare(
      `SELECT s.pack, s.offset, s.length, s.pages, s.format, CASE s.format WHEN 1 THEN s.fingerprints END AS binding
       FROM segments s JOIN domains d ON d.id = s.domain WHERE s.id = ? AND d.name = ?`,
    ),
    fingerprints: db.prepare(
      `SELECT s.fingerprints FROM segments s JOIN domains d ON d.id = s.domain
       WHERE s.id = ? AND d.name = ? AND s.format = 2 AND s.fingerprints IS NOT NULL`,
    ),
    add: db.prepare(
      `INSERT INTO segments (id, domain, pack, offset, length, pages, format, fingerprints)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    addHook: db.prepare('INSERT OR REPLACE INTO hooks (domain, hook, segment) VALUES (?, ?, ?)'),
    hook: db.prepare(
      'SELECT segment FROM hooks WHERE domain = (SELECT id FROM domains WHERE name = ?) AND hook = ?',
    ),
    last: db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'segments'"),
    startSequence: db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('segments', ?)"),
    setSequence: db.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'segments'"),
    inPack: db.prepare(
      `SELECT s.id, d.name AS domain, s.offset, s.length, s.pages, s.format, s.fingerprints
       FROM segments s JOIN domains d ON d.id = s.domain WHERE s.pack = ? ORDER BY s.offset`,
    ),
    window: db.prepare(
      'SELECT id, domain, format, fingerprints FROM segments WHERE id > ? ORDER BY id LIMIT ?',
    ),
    drop: db.prepare('DELETE FROM segments WHERE id = ?'),
    dropHook: db.prepare('DELETE FROM hooks WHERE domain = ? AND hook = ? AND segment = ?'),
  };

  return {
    find: (domain: string, number: number) => sql.find.get(number, domain) as SegmentLocation | undefined,
    /** Of a segment whose pages can be shared. */
    fingerprints: (domain: string, number: number) =>
      sql.fingerprints.get(number, domain)?.fingerprints as Uint8Array | undefined,
    /** The segment a hook leads to. */
    hooked: (domain: string, hook: number) => sql.hook.get(domain, hook)?.segment as number | undefined,
    /** The highest number a segment ever had: numbers are not given twice. */
    last: () => (sql.last.get()?.seq as number | undefined) ?? 0,
    /** Never gives the next `count` numbers, which something may know that the index does not. */
    skip(count: number) {
      const last = (sql.last.get()?.seq as number | undefined) ?? 0;
      if (last === 0) sql.startSequence.run(count);
      else sql.setSequence.run(last + count);
    },
    /** Lists a segment whose bytes are on disk; one that is listed already stays as it is. */
    add(segment: IndexedSegment) {
      const { domain, number, pack, offset, length, pages, format, fingerprints } = segment;
      const id = domainId(domain);
      sql.add.run(number, id, pack, offset, length, pages, format, fingerprints);
      if (format === 2 && fingerprints)
        for (const hook of hooksOf(fingerprints)) sql.addHook.run(id, hook, number);
    },
    inPack: (pack: number): IndexedSegment[] =>
      sql.inPack.all(pack).map(row => ({
        number: row.id as number,
        domain: row.domain as string,
        pack,
        offset: row.offset as number,
        length: row.length as number,
        pages: row.pages as number,
        format: row.format as SegmentFormat,
        fingerprints: row.fingerprints as Uint8Array | null,
      })),
    /** Drops those of the next `count` segments behind `after` that are dead. */
    sweep(after: number, count: number, isLive: (number: number) => boolean) {
      const rows = sql.window.all(after, count);
      const removed: number[] = [];
      for (const { id, domain, format, fingerprints } of rows) {
        if (isLive(id as number)) continue;
        sql.drop.run(id!);
        const seen = fingerprints as Uint8Array | null;
        if (format === 2 && seen && seen.length >= fingerprintLength)
          for (const hook of hooksOf(seen)) sql.dropHook.run(domain!, hook, id!);
        removed.push(id as number);
      }
      return { removed, last: rows.length < count ? undefined : (rows.at(-1)!.id as number) };
    },
  };
}
