import { memoryObjects } from '../../src/stores/objects/memory.ts';
import { type ObjectStore, ObjectStoreFailed } from '../../src/stores/objects/object-store.ts';

/** A bucket in memory that outlives the stores which close it, and takes or loses what a test says. */
export function testBucket() {
  const inside = memoryObjects();
  const faults = {
    /** Thrown instead of a put of a key it matches, before anything is put. */
    refuse: undefined as RegExp | undefined,
    /** The same after it was put: its answer is lost. */
    lose: undefined as RegExp | undefined,
    /** Keys of which nothing can be read. */
    unreadable: undefined as RegExp | undefined,
  };
  const order: string[] = [];
  const objects: ObjectStore = {
    ...inside,
    async put(key, ...rest) {
      if (faults.refuse?.test(key)) throw new Error(`the bucket does not take ${key}`);
      await inside.put(key, ...rest);
      order.push(key);
      if (faults.lose?.test(key)) throw new Error(`no answer for ${key}`);
    },
    async get(key, piece) {
      if (faults.unreadable?.test(key)) throw new ObjectStoreFailed(`GET ${key} failed: 500`);
      return inside.get(key, piece);
    },
    async close() {},
  };
  const keys = async (prefix = '') => {
    const found: string[] = [];
    for await (const { key } of inside.list(prefix)) found.push(key);
    return found;
  };
  return { objects, faults, order, keys };
}
