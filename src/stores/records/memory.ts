import { matchesPattern } from '../../domain/wildcard.ts';
import type { CollectionSpec, CollectionSpecs } from './collections.ts';
import { type Collection, Conflict, type Database, type Where, type Writer } from './database.ts';

/** Records in memory, for tests: transactions run one at a time on a copy that replaces the original on success. */
export function memoryDatabase<Tables>(specs: CollectionSpecs<Tables>): Database<Tables> {
  const names = Object.keys(specs) as (keyof Tables)[];
  let committed = new Map(names.map(name => [name, new Map<string, unknown>()]));
  let queue: Promise<unknown> = Promise.resolve();

  const collections = (tables: () => typeof committed) =>
    Object.fromEntries(
      names.map(name => [
        name,
        collection(specs[name], () => tables().get(name) as Map<string, Tables[keyof Tables]>),
      ]),
    ) as Writer<Tables>;

  return {
    read: collections(() => committed),
    transaction(work) {
      const run = queue.then(async () => {
        const draft = new Map(names.map(name => [name, new Map(committed.get(name))]));
        const result = await work(collections(() => draft));
        committed = draft;
        return result;
      });
      queue = run.catch(() => undefined);
      return run;
    },
    async close() {
      await queue;
    },
  };
}

function collection<Item>(spec: CollectionSpec<Item>, items: () => Map<string, Item>): Collection<Item> {
  return {
    async get(id) {
      return structuredClone(items().get(id));
    },
    async getMany(ids) {
      return [...new Set(ids)].flatMap(id => (items().has(id) ? [structuredClone(items().get(id)!)] : []));
    },
    async list(where = {}, page = {}) {
      const selected = selection(spec, where);
      const found = [...items()]
        .filter(([id, item]) => (page.after === undefined || id > page.after) && selected(item))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, item]) => structuredClone(item));
      return page.limit === undefined ? found : found.slice(0, page.limit);
    },
    async under(ranges, { after, limit }) {
      const { keyed } = spec;
      if (!keyed) throw new Error('The collection has no keys');
      return [...items().values()]
        .map(item => ({ item, place: keyed.place(item), keys: new Set(keyed.keys(item)) }))
        .filter(({ place, keys }) => ranges.some(({ key, from = '' }) => keys.has(key) && place >= from))
        .filter(({ place }) => after === undefined || place > after)
        .sort((a, b) => (a.place < b.place ? -1 : 1))
        .slice(0, limit)
        .map(({ item }) => structuredClone(item));
    },
    async match(field, patterns, limit) {
      const read = indexOf(spec, field);
      const tests = patterns.map(matchesPattern);
      const found = [...items()].filter(([, item]) => {
        const value = read(item);
        return value !== undefined && tests.some(matches => matches(value));
      });
      return found.slice(0, limit).map(([id]) => id);
    },
    async put(item) {
      const id = spec.id(item);
      const key = spec.unique?.(item);
      if (key !== undefined)
        for (const [otherId, other] of items())
          if (otherId !== id && spec.unique?.(other) === key) throw new Conflict(key);
      items().set(id, structuredClone(item));
    },
    async delete(id) {
      items().delete(id);
    },
  };
}

function selection<Item>(spec: CollectionSpec<Item>, where: Where): (item: Item) => boolean {
  const wanted = Object.entries(where).map(([field, values]) => {
    return { read: indexOf(spec, field), values: new Set(typeof values === 'string' ? [values] : values) };
  });
  return item =>
    wanted.every(({ read, values }) => {
      const value = read(item);
      return value !== undefined && values.has(value);
    });
}

function indexOf<Item>(spec: CollectionSpec<Item>, field: string): (item: Item) => string | undefined {
  const read = Object.hasOwn(spec.indexes, field) ? spec.indexes[field] : undefined;
  if (!read) throw new Error(`The collection has no index '${field}'`);
  return read;
}
