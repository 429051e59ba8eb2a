/**
 * A bounded map that forgets what was not used for longest, roughly and at no cost per use: when the younger half is
 * full it becomes the older one, and what was that is dropped.
 */
export interface Generations<V> {
  get(key: number): V | undefined;
  set(key: number, value: V, cost: number): void;
}

export function generations<V>(maxCost: number): Generations<V> {
  let young = new Map<number, { value: V; cost: number }>();
  let old = new Map<number, { value: V; cost: number }>();
  let youngCost = 0;
  const add = (key: number, entry: { value: V; cost: number }) => {
    if (youngCost + entry.cost > maxCost / 2 && young.size > 0) {
      old = young;
      young = new Map();
      youngCost = 0;
    }
    young.set(key, entry);
    youngCost += entry.cost;
  };
  return {
    get(key) {
      const known = young.get(key);
      if (known) return known.value;
      const older = old.get(key);
      if (older) add(key, older);
      return older?.value;
    },
    set: (key, value, cost) => add(key, { value, cost }),
  };
}
