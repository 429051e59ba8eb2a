import type { DatabaseSync } from 'node:sqlite';
import type { PackedSegment } from '../formats/pack-format.ts';
import type { SegmentFormat } from '../keys/segment-cipher.ts';
import { fingerprintLength, hooksOf } from '../write/fingerprints.ts';

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

interface PackPlace {
  pack: number;
  offset: number;
}

/** In which order segments are swept. */
export interface SegmentPlace {
  pack: number;
  id: number;
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
      'SELECT pack, id, length FROM segments WHERE (pack, id) > (?, ?) ORDER BY pack, id LIMIT ?',
    ),
    one: db.prepare('SELECT domain, format, fingerprints FROM segments WHERE id = ?'),
    bind: db.prepare('UPDATE segments SET fingerprints = ? WHERE id = ? AND format = 1'),
    setFingerprints: db.prepare('UPDATE segments SET fingerprints = ? WHERE id = ? AND format = 2'),
    move: db.prepare('UPDATE segments SET pack = ?, offset = ? WHERE id = ? AND pack = ? AND offset = ?'),
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
    /** Binds a segment in format 1 to its block. */
    bind(number: number, binding: Uint8Array) {
      sql.bind.run(binding, number);
    },
    /** What the pages of a segment look like, which nobody knew since the index was lost. */
    setFingerprints(domain: string, number: number, fingerprints: Uint8Array) {
      sql.setFingerprints.run(fingerprints, number);
      for (const hook of hooksOf(fingerprints)) sql.addHook.run(domainId(domain), hook, number);
    },
    /** What lay in one place lies in another; nothing happens if it is not listed there any more. */
    move(number: number, from: PackPlace, to: PackPlace) {
      sql.move.run(to.pack, to.offset, number, from.pack, from.offset);
    },
    /** Forgets a segment, and what leads to it. */
    drop(number: number) {
      const row = sql.one.get(number);
      if (!row) return;
      sql.drop.run(number);
      const seen = row.fingerprints as Uint8Array | null;
      if (row.format === 2 && seen && seen.length >= fingerprintLength)
        for (const hook of hooksOf(seen)) sql.dropHook.run(row.domain!, hook, number);
    },
    /** Drops those of the next `count` segments behind `after`, by pack, that are dead; says how long the live ones are. */
    sweep(count: number, isLive: (number: number) => boolean, after: SegmentPlace = { pack: 0, id: 0 }) {
      const rows = sql.window.all(after.pack, after.id, count) as unknown as (SegmentPlace & {
        length: number;
      })[];
      const removed: number[] = [];
      const live: [pack: number, length: number][] = [];
      for (const { pack, id, length } of rows) {
        if (isLive(id)) live.push([pack, length]);
        else {
          this.drop(id);
          removed.push(id);
        }
      }
      return { removed, live, last: rows.length < count ? undefined : rows.at(-1)! };
    },
  };
}
