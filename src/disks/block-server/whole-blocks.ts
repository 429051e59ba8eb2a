import type { BlockReference } from '../../domain/manifest.ts';
import { pagesPerBlock } from '../../stores/blocks/local/recipe.ts';
import type { SegmentSource } from '../../stores/blocks/local/segment-source.ts';

/** A store of whole blocks as one of segments: each block is one, numbered as it is first met. */
export function wholeBlocks(read: (reference: BlockReference) => Promise<Buffer>): SegmentSource {
  const numbers = new Map<string, number>();
  const references: BlockReference[] = [];
  return {
    async recipe(reference) {
      const key = `${reference.digest} ${reference.domain}`;
      const segment = numbers.get(key) ?? references.push(reference) - 1;
      numbers.set(key, segment);
      return [{ page: 0, count: pagesPerBlock, segment, from: 0 }];
    },
    segment: (_, number) => read(references[number]!),
  };
}
