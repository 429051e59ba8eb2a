import type { DatabaseSync } from 'node:sqlite';
import type { BlockReference } from '../../../../domain/manifest.ts';
import { pagesPerBlock } from '../formats/recipe.ts';
import { encodeRecipe, segmentBinding } from '../formats/recipe-codec.ts';
import type { DomainKeys } from '../keys/domain-keys.ts';
import { segmentTables } from './index-tables.ts';

const rowsAtATime = 1_000;

/** The key domains an index names. */
export function indexDomains(db: DatabaseSync): string[] {
  return db
    .prepare('SELECT name FROM domains')
    .all()
    .map(row => row.name as string);
}

/**
 * Turns the stored blocks of an index of version 1 into segments of 128 pages in format 1, each the one run of its
 * block. Packs stay as they are. Runs inside the caller's transaction.
 */
export function migrateIndex1(db: DatabaseSync, keys: ReadonlyMap<string, DomainKeys | undefined>): void {
  db.exec(`ALTER TABLE blocks RENAME TO blocks_1; ${segmentTables}`);
  const read = db.prepare(
    `SELECT b.domain AS id, d.name AS domain, b.digest, b.pack, b.offset, b.length
     FROM blocks_1 b JOIN domains d ON d.id = b.domain
     WHERE (b.domain, b.digest) > (?, ?) ORDER BY b.domain, b.digest LIMIT ${rowsAtATime}`,
  );
  const addSegment = db.prepare(
    'INSERT INTO segments (id, domain, pack, offset, length, pages, format, fingerprints) VALUES (?, ?, ?, ?, ?, ?, 1, ?)',
  );
  const addBlock = db.prepare(
    'INSERT INTO blocks (domain, digest, home, cost, recipe) VALUES (?, ?, ?, ?, ?)',
  );
  let after: Pick<Row, 'id' | 'digest'> = { id: 0, digest: new Uint8Array() };
  for (let number = 1; ; ) {
    const rows = read.all(after.id, after.digest) as unknown as Row[];
    for (const { id, domain, digest, pack, offset, length } of rows) {
      const { binding, recipe } = format1(
        { domain, digest: Buffer.from(digest).toString('hex') },
        number,
        keys.get(domain),
      );
      addSegment.run(number, id, pack, offset, length, pagesPerBlock, binding);
      addBlock.run(id, digest, pack, length, recipe);
      number++;
    }
    if (rows.length < rowsAtATime) break;
    after = rows.at(-1)!;
  }
  db.exec('DROP TABLE blocks_1');
}

interface Row {
  id: number;
  domain: string;
  digest: Uint8Array;
  pack: number;
  offset: number;
  length: number;
}

/**
 * What makes a stored block of version 1 a segment of that number. Without keys the tags are wrong, and reading the
 * block, which cannot be decrypted either, is an error.
 */
export function format1(reference: BlockReference, number: number, keys: DomainKeys | undefined) {
  const key = keys?.recipe ?? Buffer.alloc(32);
  const run = { page: 0, count: pagesPerBlock, segment: number, from: 0 };
  return {
    binding: segmentBinding(reference, number, key),
    recipe: encodeRecipe(reference, [run], key),
  };
}
