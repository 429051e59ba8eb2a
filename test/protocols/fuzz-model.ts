/** Seeded random values that fit the schemas of Amazon's own client. */
import { NormalizedSchema } from '@smithy/core/schema';

export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

/** A value with every member set and one or two items in every list. No request or result contains itself. */
export function randomValue(schema: NormalizedSchema, random: (below: number) => number): unknown {
  if (schema.isListSchema()) {
    const value = schema.getValueSchema();
    return Array.from({ length: 1 + random(2) }, () => randomValue(value, random));
  }
  if (schema.isStructSchema()) {
    const value: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      value[name] = randomValue(member, random);
    }
    return value;
  }
  if (schema.isBooleanSchema()) return random(2) === 1;
  if (schema.isTimestampSchema()) return new Date(random(2_000_000_000) * 1000);
  if (schema.isBlobSchema()) return Uint8Array.of(1, 2, random(255));
  if (schema.isNumericSchema()) return random(1000);
  return `é<&"' ]]>\t${random(1_000_000)}`;
}

/** The operation schemas of a client package: `[9, namespace, name, traits, input, output]`. */
export function operationSchemas(
  module: object,
): { name: string; input: NormalizedSchema; output: NormalizedSchema }[] {
  return Object.values(module)
    .filter((value): value is unknown[] => Array.isArray(value) && value[0] === 9)
    .map(schema => ({
      name: schema[2] as string,
      input: NormalizedSchema.of(schema[4] as never),
      output: NormalizedSchema.of(schema[5] as never),
    }));
}
