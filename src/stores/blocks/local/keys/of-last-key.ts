/**
 * Makes something of a key and keeps the last one made: node:crypto takes ten times longer to begin with a key's bytes
 * than with its KeyObject, and one block after another is mostly of one key domain.
 */
export function ofLastKey<T>(make: (key: Uint8Array) => T): (key: Uint8Array) => T {
  let last: { key: Uint8Array; made: T } | undefined;
  return key => {
    if (!last || Buffer.compare(last.key, key) !== 0) last = { key, made: make(key) };
    return last.made;
  };
}
