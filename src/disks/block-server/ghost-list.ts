/** Names of what a cache dropped last: what is wanted again so soon deserves more than a new arrival. */
export function ghostList(maxBytes: number) {
  const sizes = new Map<string, number>();
  let bytes = 0;
  const take = (key: string): boolean => {
    bytes -= sizes.get(key) ?? 0;
    return sizes.delete(key);
  };
  return {
    /** @param size that it had; the names of `maxBytes` at most are kept */
    add(key: string, size: number): void {
      take(key);
      sizes.set(key, size);
      bytes += size;
      for (const oldest of sizes.keys()) {
        if (bytes <= maxBytes) break;
        take(oldest);
      }
    },
    /** Whether it was dropped lately; no longer after this. */
    take,
  };
}
