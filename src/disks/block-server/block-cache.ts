/** Keeps the blocks used last, and fetches each once however many wait for it. */
export interface BlockCache {
  get(key: string, fetch: () => Promise<Buffer>): Promise<Buffer>;
}

/** @param maxBytes of blocks kept; those under way come on top */
export function blockCache(maxBytes: number): BlockCache {
  const kept = new Map<string, Buffer>();
  const underWay = new Map<string, Promise<Buffer>>();
  let bytes = 0;

  const keep = (key: string, block: Buffer) => {
    kept.set(key, block);
    bytes += block.length;
    // A Map keeps the order of insertion: its first key is the one unused for longest.
    for (const [oldest, { length }] of kept) {
      if (bytes <= maxBytes) break;
      kept.delete(oldest);
      bytes -= length;
    }
  };

  return {
    async get(key, fetch) {
      const block = kept.get(key);
      if (block) {
        kept.delete(key);
        kept.set(key, block);
        return block;
      }
      const already = underWay.get(key);
      if (already) return already;
      const fetching = fetch()
        .then(fetched => {
          keep(key, fetched);
          return fetched;
        })
        .finally(() => underWay.delete(key));
      underWay.set(key, fetching);
      return fetching;
    },
  };
}
